"""Pages, styles, workbooks and words: turns results into what people read. Computes no result."""
