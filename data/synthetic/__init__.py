"""The synthetic kommune: a seeded, fictional demo that hits no real place or person."""

from data.synthetic.demo import DemoSummary, write_demo

__all__ = ["DemoSummary", "write_demo"]
