"""The commented project file that ``boligkort init`` writes, one a language."""
