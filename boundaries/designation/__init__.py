"""What the law says of an area on a date: criteria, margins, categories and the yearly lists."""
