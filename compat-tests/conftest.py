"""Makes `support` and `workshop` importable and names the servers under test."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
