"""What ships with the program: the law, code lists, texts and the synthetic demo."""
