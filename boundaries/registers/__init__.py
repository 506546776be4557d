"""The registers: the project file, the schemas, and the only door that input files come through."""
