"""What a reader does with the book: open its menus, search, follow links, use the Tab key."""

import re
from itertools import pairwise
from urllib.parse import urldefrag, urljoin

import pytest
from building import pages_in_order
from measures import BAD_FORMULAS, CUT_OFF, OPEN_ALL, SIDEWAYS, STICKING_OUT
from reading import PAGES, THEMES, WIDTHS, Reader

CHAPTER = "book/e_negative_sampling.html"
IN_ORDER = [f"{name}.html" for name in pages_in_order()]
NAMES = {"ids": lambda value: value.split("/")[-1].removesuffix(".html")}


@pytest.fixture
def desk(reader):
    return reader(1280)


@pytest.fixture
def phone(reader):
    return reader(375)


@pytest.fixture
def stranger(chromium, address):
    """A reader who has never been here: nothing is kept from other tests."""
    each = Reader(chromium, address, viewport={"width": 1280, "height": 800})
    yield each
    each.close()


def in_view(element):
    """Whether an element lies in the window, at least in part."""
    return element.evaluate(
        """element => {
          const {left, right, top, bottom, width} = element.getBoundingClientRect();
          return width > 0 && left < innerWidth && right > 0 && top < innerHeight && bottom > 0
            && element.checkVisibility({visibilityProperty: true});
        }"""
    )


# Menus


def test_on_the_phone_the_button_opens_the_contents_and_a_link_leads_on(phone):
    tab = phone.open(CHAPTER)
    link = tab.locator(".bd-sidebar-primary a", has_text="(a)").first
    assert not in_view(link)
    tab.locator(".primary-toggle").click()
    link.click()
    tab.wait_for_url("**/a_cross_entropy.html")
    assert "cross-entropy" in tab.inner_text("h1")


def test_on_the_phone_the_contents_close_with_escape_and_focus_returns(phone):
    tab = phone.open(CHAPTER)
    tab.locator(".primary-toggle").focus()
    tab.keyboard.press("Enter")
    tab.locator("dialog[open]").wait_for()
    tab.keyboard.press("Escape")
    tab.locator("dialog[open]").wait_for(state="hidden")
    assert tab.evaluate("document.activeElement.matches('.primary-toggle')")


def test_on_the_phone_the_page_s_own_contents_lead_to_a_section(phone):
    tab = phone.open(CHAPTER)
    tab.locator(".secondary-toggle").click()
    link = tab.locator(".bd-sidebar-secondary a").nth(2)
    target = link.get_attribute("href")
    link.click()
    tab.wait_for_function("hash => location.hash === hash", arg=target)
    tab.wait_for_timeout(500)
    assert in_view(tab.locator(target))


def test_on_the_desk_the_contents_can_be_put_away_and_fetched(desk):
    tab = desk.open(CHAPTER)
    bar = tab.locator("#pst-primary-sidebar")
    assert in_view(bar)
    tab.locator(".primary-toggle").click()
    bar.wait_for(state="hidden")
    tab.locator(".primary-toggle").click()
    bar.wait_for(state="visible")


def test_the_theme_s_button_goes_round_and_is_remembered(stranger):
    tab = stranger.open(CHAPTER)
    button = tab.locator(".theme-switch-button").first
    seen = []
    for _ in range(3):
        button.click()
        seen.append(tab.evaluate("document.documentElement.dataset.mode"))
    assert sorted(seen) == ["auto", "dark", "light"]
    while tab.evaluate("document.documentElement.dataset.mode") != "dark":
        button.click()
    tab = stranger.open("book/intro.html")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"


@pytest.mark.parametrize("theme", THEMES)
def test_the_first_thing_painted_has_the_reader_s_colours(chromium, address, theme):
    reader = Reader(chromium, address, color_scheme=theme)
    # The theme's own script never comes: what shows is what shows before it.
    reader.context.route("**/pydata-sphinx-theme.js*", lambda route: route.abort())
    tab = reader.open(CHAPTER)
    paper = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 384) == (theme == "dark")
    reader.close()


# Search


def results(tab):
    tab.locator("#search-results li a").first.wait_for(timeout=10_000)
    return tab.locator("#search-results li a")


def test_search_finds_a_word_and_leads_to_its_page(stranger):
    tab = stranger.open("search.html")
    tab.locator("main input[type=search]").fill("subsampling")
    tab.keyboard.press("Enter")
    found = results(tab)
    target = tab.locator("#search-results li a[href*='g_corpus']").first
    assert found.count() > 1
    target.click()
    tab.wait_for_url("**/g_corpus.html*")
    assert tab.locator(".highlighted").first.inner_text().lower() == "subsampling"
    assert stranger.faults == []


def test_search_says_when_it_finds_nothing(stranger):
    tab = stranger.open("search.html?q=xyzzyplugh")
    tab.get_by_text(re.compile("did not match any documents")).wait_for()
    assert stranger.faults == []


@pytest.mark.parametrize("width", WIDTHS)
def test_search_opens_with_a_key_and_with_a_button(reader, width):
    tab = reader(width).open(CHAPTER)
    box = tab.locator("#pst-search-dialog input")
    tab.keyboard.press("Control+k")
    box.wait_for(state="visible")
    assert tab.evaluate("document.activeElement.matches('#pst-search-dialog input')")
    tab.keyboard.press("Escape")
    box.wait_for(state="hidden")
    tab.locator(".search-button__button:visible").first.click()
    box.fill("window")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=window*")
    assert results(tab).count()


# Without a server: a reader opens the file that `make book` names


@pytest.mark.parametrize("page", PAGES, **NAMES)
def test_a_page_opens_from_the_disk(chromium, site, page):
    reader = Reader(chromium, site.as_uri() + "/")
    tab = reader.open(page)
    assert reader.faults == []
    assert tab.evaluate(BAD_FORMULAS) == []
    reader.close()


def test_the_first_file_leads_to_the_first_page(chromium, site):
    tab = chromium.new_page()
    tab.goto((site / "index.html").as_uri())
    tab.wait_for_url("**/book/intro.html")
    tab.close()


def test_search_works_from_the_disk(chromium, site):
    reader = Reader(chromium, site.as_uri() + "/")
    tab = reader.open("search.html?q=subsampling")
    assert results(tab).count() > 1
    assert [fault for fault in reader.faults if "asks" in fault] == []
    reader.close()


# Links


def links_of(tab):
    """The addresses to which the page's text links."""
    return set(tab.evaluate("[...document.querySelectorAll('main a[href]')].map(a => a.href)"))


@pytest.fixture(scope="module")
def targets(reader, address):
    """What is linked from any page: {page: {anchor}}."""
    desk, found = reader(1280), {}
    for page in PAGES:
        for link in links_of(desk.open(page)):
            target, anchor = urldefrag(link)
            if target.startswith(address):
                found.setdefault(target.removeprefix(address), set()).add(anchor)
    return found


# Whether what an anchor names is in the window, and not under the bar at its top.
LANDED = """anchor => {
  const element = document.getElementById(decodeURIComponent(anchor));
  if (!element) return "there is no such place";
  const seen = element.getClientRects().length ? element : element.parentElement;
  const {top, bottom} = seen.getBoundingClientRect();
  const bar = document.querySelector(".bd-header-article");
  const low = bar && getComputedStyle(bar).position === "sticky" && bar.offsetHeight
    ? bar.getBoundingClientRect().bottom : 0;
  if (top >= low - 1 && top < innerHeight) return "";
  return `top ${top}, bottom ${bottom}, bar ${low}, window ${innerHeight}`;
}"""


def test_links_go_to_pages_that_exist(targets, site):
    assert len(targets) >= len(IN_ORDER)
    assert [page for page in targets if not (site / page).is_file()] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", IN_ORDER, **NAMES)
def test_links_to_places_on_a_page_arrive(reader, targets, page, width):
    tab = reader(width).open(page)
    lost = {}
    for anchor in sorted(targets.get(page, set()) - {""}):
        tab.evaluate(
            """anchor => { scrollTo(0, 0); location.hash = ""; location.hash = anchor;
            return new Promise(requestAnimationFrame).then(() => null) }""",
            anchor,
        )
        problem = tab.evaluate(LANDED, anchor)
        if problem:
            lost[anchor] = problem
    assert lost == {}


@pytest.fixture
def unheld(reader):
    """A phone whose browser does not hold a page in its place while it grows; not all do."""
    each = reader(375, reduced_motion="no-preference")
    each.context.add_init_script(
        "addEventListener('DOMContentLoaded',"
        " () => document.documentElement.style.overflowAnchor = 'none')"
    )
    return each


@pytest.mark.parametrize("page", [page for page in IN_ORDER if "api" not in page], **NAMES)
def test_links_from_other_pages_arrive_although_formulas_come_later(unheld, targets, page):
    lost = {}
    anchors = sorted(targets.get(page, set()) - {""})
    for anchor in anchors[:: max(1, len(anchors) // 6)]:  # six or so, all over the page
        tab = unheld.open(f"{page}#{anchor}")
        problem = tab.evaluate(LANDED, anchor)
        if problem:
            lost[anchor] = problem
    assert lost == {}


def test_a_reference_to_an_equation_can_be_clicked(phone):
    tab = phone.open("book/errata.html")
    tab.locator("article a[href$='#equation-eq-47']:visible").first.click()
    tab.wait_for_url("**/e_negative_sampling.html#equation-eq-47")
    phone.wait()
    assert tab.evaluate(LANDED, "equation-eq-47") == ""
    assert "(47)" in tab.inner_text("#equation-eq-47")


def test_next_and_previous_make_one_chain(desk):
    ways = {}
    for page in IN_ORDER:
        tab = desk.open(page)
        ways[page] = [
            tab.evaluate(
                "way => document.querySelector(`.prev-next-footer a.${way}-${"
                "way === 'left' ? 'prev' : 'next'}`)?.getAttribute('href')",
                way,
            )
            for way in ("left", "right")
        ]
    for place, page in enumerate(IN_ORDER):
        before = IN_ORDER[place - 1] if place else None
        after = IN_ORDER[place + 1] if place + 1 < len(IN_ORDER) else None
        assert [way and urljoin(page, way) for way in ways[page]] == [before, after]


# The keyboard

# The element in focus: what it is, where it stands, and whether one sees that it has the focus.
FOCUS = """async () => {
  const still = Promise.allSettled(document.getAnimations().map(each => each.finished));
  await Promise.race([still, new Promise(done => setTimeout(done, 500))]);
  const look = element => {
    const style = getComputedStyle(element);
    return ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderColor",
      "backgroundColor", "textDecoration", "color"].map(each => style[each]).join();
  };
  const element = document.activeElement;
  if (element === document.body || element === document.documentElement) return null;
  const {left, right, top, bottom, width, height} = element.getBoundingClientRect();
  const focused = look(element);
  element.blur();
  const plain = look(element);
  element.focus({preventScroll: true});
  window.stops = window.stops || [];
  const been = window.stops.includes(element);
  window.stops.push(element);
  return {
    name: element.tagName.toLowerCase() + "." + element.className + " "
      + (element.innerText || element.ariaLabel || "").trim().slice(0, 40),
    region: [["skip", ".skip-link"], ["contents", ".bd-sidebar-primary"],
      ["bar", ".bd-header-article"], ["text", "article"], ["foot", ".prev-next-footer"],
      ["page", ".bd-sidebar-secondary"]].find(([, kind]) => element.closest(kind))?.[0],
    left, top: top + scrollY, been,
    seen: width > 0 && height > 0 && left < innerWidth && right > 0 && top < innerHeight
      && bottom > 0,
    marked: focused !== plain,
    named: !!(element.textContent.trim() || element.ariaLabel || element.title
      || element.labels?.length || element.matches("pre, table, div, span, mjx-container")),
  };
}"""


def stops(tab):
    """Where the Tab key stops, in its order, until it has been everywhere."""
    found = []
    for _ in range(600):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(FOCUS)
        if stop is None or stop["been"]:
            return found
        found.append(stop)
    raise AssertionError(f"the Tab key is trapped near {found[-1]['name']}")


def test_the_first_stop_leads_past_the_contents(desk):
    tab = desk.open(CHAPTER)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.innerText") == "Skip to main content"
    tab.wait_for_timeout(300)
    assert in_view(tab.locator(".skip-link"))
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("!!document.activeElement.closest('main')")


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", ["book/intro.html", CHAPTER, "book/ledger.html"], **NAMES)
def test_the_tab_key_visits_all_in_the_order_in_which_it_is_read(reader, page, width):
    tab = reader(width, reduced_motion="reduce").open(page)
    tab.evaluate(OPEN_ALL)
    everything = tab.evaluate(
        """() => [...document.querySelectorAll(
          "article :is(a[href], button, input, summary, [tabindex='0'])")]
          .filter(e => e.checkVisibility({visibilityProperty: true}) && e.tabIndex >= 0
            && !e.disabled).length"""
    )
    visited = stops(tab)
    assert [stop["name"] for stop in visited if not stop["seen"]] == []
    assert [stop["name"] for stop in visited if not stop["marked"]] == []
    assert [stop["name"] for stop in visited if not stop["named"]] == []
    regions = [stop["region"] for stop in visited]
    order = [region for place, region in enumerate(regions) if region not in regions[:place]]
    expected = ["skip", "contents", "bar", "text", "foot", "page"]
    assert order == [region for region in expected if region in order]
    assert regions == sorted(regions, key=order.index)
    text = [stop for stop in visited if stop["region"] == "text"]
    assert len(text) >= everything
    for one, other in pairwise(text):  # a line of text is 24 pixels high
        assert other["top"] > one["top"] - 24, f"{one['name']} before {other['name']}"


def test_a_solution_opens_and_closes_by_keyboard(desk):
    tab = desk.open(CHAPTER)
    button = tab.locator(".toggle-button").first
    text = tab.locator(".solution section").first
    assert not text.is_visible()
    button.focus()
    tab.keyboard.press("Enter")
    assert text.is_visible()
    assert button.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("Space")
    assert not text.is_visible()
    assert button.get_attribute("aria-expanded") == "false"


# Large letters, narrow windows, paper


@pytest.mark.parametrize("page", PAGES, **NAMES)
@pytest.mark.parametrize(
    ("width", "height", "scale"), [(640, 400, 2), (320, 256, 4)], ids=["200%", "400%"]
)
def test_a_page_can_be_enlarged(reader, page, width, height, scale):
    tab = reader(width, height=height, device_scale_factor=scale).open(page)
    content, window = tab.evaluate(SIDEWAYS)
    assert content <= window
    assert tab.evaluate(STICKING_OUT) == []
    assert tab.evaluate(CUT_OFF) == []
    bar, title = tab.locator(".bd-header-article"), tab.locator("h1:visible").first
    bar, title = bar.bounding_box(), title.bounding_box()
    assert bar["y"] + bar["height"] <= title["y"] + 1
    assert bar["height"] < height / 4


@pytest.mark.parametrize("page", PAGES, **NAMES)
def test_wider_spacing_of_the_text_loses_nothing(reader, page):
    tab = reader(375).open(page)
    tab.add_style_tag(
        content="""* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
        word-spacing: 0.16em !important } p { margin-bottom: 2em !important }"""
    )
    content, window = tab.evaluate(SIDEWAYS)
    assert content <= window
    assert tab.evaluate(STICKING_OUT) == []
    assert tab.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("theme", THEMES)
def test_paper_shows_the_text_alone_dark_on_light(reader, theme):
    tab = reader(1280, theme).open(CHAPTER)
    tab.emulate_media(media="print")
    for gone in (
        ".bd-sidebar-primary",
        ".bd-header-article",
        ".prev-next-footer",
        ".copybtn",
        ".headerlink",
        ".toggle-button",
        ".bd-sidebar-secondary",
    ):
        assert not tab.locator(gone).first.is_visible(), gone
    assert tab.locator("h1:visible").count() == 1
    # What is closed on the screen stays closed: answers are for those who opened them.
    assert not tab.locator(".solution section").first.is_visible()
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not tab.locator(".solution section").first.is_visible()
    ink, paper = tab.evaluate(
        """() => { const text = getComputedStyle(document.querySelector("article p"));
        return [text.color, getComputedStyle(document.body).backgroundColor]; }"""
    )
    ink, paper = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (ink, paper))
    assert ink < 200
    assert paper > 600 or paper == 0  # white, or nothing at all
    assert tab.evaluate(
        "[...document.querySelectorAll('article img')].every("
        "image => getComputedStyle(image).filter === 'none')"
    )


def test_nothing_moves_for_those_who_want_rest(reader):
    tab = reader(1280, reduced_motion="reduce").open(CHAPTER)
    assert tab.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    tab.evaluate(OPEN_ALL)
    moving = tab.evaluate(
        """() => [...document.querySelectorAll("*")].filter(element => {
          const style = getComputedStyle(element);
          return [style.animationDuration, style.transitionDuration].some(
            each => each.split(",").some(one => parseFloat(one) > 0.01))
            && element.checkVisibility();
        }).map(e => e.tagName + "." + e.className)"""
    )
    assert moving == []
