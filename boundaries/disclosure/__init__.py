"""What may be shown of a table of counts without revealing a person."""
