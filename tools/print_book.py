"""Print the book as one PDF: its built pages, joined, typeset and printed by a browser.

python tools/print_book.py                    the pages of _build/html, as _build/w2v.pdf
python tools/print_book.py --paper Letter     on American paper
"""

import argparse
import io
import json
import re
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pypdf
from bs4 import BeautifulSoup
from chromium import NoChromiumError, launch
from joined_book import ROOT, BookError, joined

# Width and height of the paper, and the margins: millimetres.
PAPERS = {"A4": (210, 297), "Letter": (216, 279)}
MARGIN = {"top": 23, "right": 23, "bottom": 22, "left": 23}
ADDRESS = "http://book.invalid/"  # nothing is asked of a network: see _serve
