__version__ = __VERSION__ = "2.0.2"
