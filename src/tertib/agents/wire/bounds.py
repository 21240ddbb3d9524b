"""How large a report may be, checked before it is parsed. Measured: a workstation's full report
is 180 KB with 10,000 values, the largest seen 355 KB; 12 times smaller on the wire."""

PACKED = 2 * 2**20  # bytes that we read at all
UNPACKED = 8 * 2**20  # bytes after inflating
FREE = 2**20  # below this nobody asks for the ratio
RATIO = 150  # unpacked to packed; agents' reports reach 40, bombs 1,000
MARKS = 250_000  # commas, brackets and tags: what a parser turns into objects
DEPTH = 8  # values inside values, the report itself being the first
TEXT = 20_000  # characters of one text
NAME = 500  # characters of what we keep in a column
ITEMS = 20_000  # entries of one list
KEYS = 300  # entries of one object
