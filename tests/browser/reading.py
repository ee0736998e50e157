"""One who opens pages in a browser, and what is opened."""

from building import pages_in_order

PAGES = [*(f"{name}.html" for name in pages_in_order()), "genindex.html", "search.html"]
HEIGHTS = {1280: 800, 375: 667}  # of a window that is so wide
WIDTHS = tuple(HEIGHTS)
THEMES = ("light", "dark")


class Reader:
    """One who opens pages in a window of their own, and notes whatever goes wrong."""

    def __init__(self, chromium, address, **window):
        self.address = address
        # Nothing leaves this machine: what is not asked of the server here is refused.
        nowhere = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}
        self.context = chromium.new_context(proxy=nowhere, **window)
        self.tab = None
        self.faults = []

    def open(self, name):
        """Open a page of the book and wait for its formulas."""
        if self.tab:
            self.tab.close()
        self.faults = []
        self.tab = self.context.new_page()
        self.tab.on("request", self._request)
        self.tab.on("websocket", lambda socket: self.faults.append(f"asks {socket.url}"))
        self.tab.on("response", self._response)
        self.tab.on("requestfailed", lambda it: self.faults.append(f"fails: {it.url} {it.failure}"))
        self.tab.on("pageerror", lambda error: self.faults.append(f"raises {error}"))
        self.tab.on("console", self._console)
        self.tab.goto(name if ":" in name else self.address + name, wait_until="load")
        self.wait()
        return self.tab

    def wait(self):
        """Wait until the formulas stand and the page has come to rest."""
        self.tab.evaluate("window.MathJax?.startup?.promise.then(() => null)")
        self.tab.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def _request(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.faults.append(f"asks {request.url}")

    def _response(self, response):
        if response.status >= 400:
            self.faults.append(f"gets {response.status} for {response.url}")

    def _console(self, message):
        if message.type in ("error", "warning", "assert"):
            self.faults.append(f"says {message.type}: {message.text}")

    def close(self):
        self.context.close()
