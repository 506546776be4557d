"""Screening a city on the national grid for udsatte byområder."""
