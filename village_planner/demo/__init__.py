"""Source files of a fictitious township, and what the program must find in them."""

from village_planner.demo.writing import DemoResult, write_demo

__all__ = ["DemoResult", "write_demo"]
