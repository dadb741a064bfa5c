"""The report in a real browser: quiet, offline, for keyboard and eyes of all kinds."""

import re
from itertools import pairwise

import pytest

pytestmark = pytest.mark.build

DESKTOP = {"width": 1280, "height": 900}
# A summary is printed, unless everything is asked for.
MOST_PAGES = 12
PHONE = {"width": 390, "height": 844}
LOOKS = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light"},
}

# axe reads every node against every other that may cover it: of the rows of a table and
# the texts of a figure, two with the same elements and classes are enough.
SHORTEN = """
() => {
    for (const whole of document.querySelectorAll("tbody, svg")) {
        const count = new Map();
        for (const part of [...(whole.rows ?? whole.querySelectorAll("text"))]) {
            const kind = [part, ...part.querySelectorAll("*")]
                .map(each => each.tagName + "." + (each.getAttribute("class") ?? ""))
                .join(" ");
            count.set(kind, (count.get(kind) ?? 0) + 1);
            if (count.get(kind) > 2) part.remove();
        }
    }
}
"""


@pytest.fixture
def open_page(browser, report):
    """Open the report; what it asks of the network and complains of is written down."""
    opened = []

    def opening(hash_="", of=report, **options):
        context = browser.new_context(**options)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: (
                page.complaints.append(said.text)
                if said.type in ("error", "warning")
                else None
            ),
        )
        page.goto(of.url + hash_)
        opened.append(context)
        return page

    yield opening
    for context in opened:
        context.close()


def analyses_shown(page) -> list[str]:
    return page.eval_on_selector_all(
        "section.analysis", "nodes => nodes.filter(n => !n.hidden).map(n => n.id)"
    )


def analyses(page) -> list[str]:
    return page.eval_on_selector_all(
        "section.analysis", "nodes => nodes.map(n => n.id)"
    )


def test_it_asks_nothing_of_the_network_and_complains_of_nothing(open_page, report):
    page = open_page()
    page.locator("nav a").last.click()
    assert {url.split("#")[0] for url in page.asked} == {report.url}
    assert page.complaints == []


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_barrier(open_page, report_of_four, look):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(of=report_of_four, **LOOKS[look])
    page.locator("details.long").evaluate_all("all => all.forEach(d => d.open = true)")
    page.evaluate(SHORTEN)
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


def test_the_chosen_dark_mode_is_as_readable_as_the_systems(open_page, report_of_four):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(of=report_of_four, **LOOKS["light"])
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Dark mode").click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.evaluate(SHORTEN)
    colors = {"runOnly": ["color-contrast"]}
    assert Axe().run(page, options=colors).response["violations"] == []


def test_every_analysis_is_reached_by_the_keyboard(open_page):
    page = open_page()
    reached, focused = set(), None
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.dataset.analysis || ''")
        if page.evaluate(
            "document.activeElement.matches('nav details:not([open]) > summary')"
        ):
            page.keyboard.press("Enter")
        if focused and focused not in reached:
            page.keyboard.press("Enter")
            page.wait_for_function(
                "id => !document.getElementById(id).hidden", arg=focused
            )
            assert analyses_shown(page) == [focused]
            reached.add(focused)
            page.locator(f'nav a[data-analysis="{focused}"]').focus()
        if len(reached) == len(analyses(page)):
            break
    assert reached == set(analyses(page))


def test_a_link_into_an_analysis_shows_it(open_page):
    name = analyses(open_page())[-1]
    page = open_page(f"#{name}--survival")
    assert analyses_shown(page) == [name]


def test_all_analyses_can_be_shown_at_once(open_page):
    page = open_page()
    assert len(analyses_shown(page)) == 1
    page.get_by_role("button", name="Show all").click()
    assert analyses_shown(page) == analyses(page)


@pytest.mark.parametrize("look", LOOKS)
def test_no_figure_is_drawn_larger_than_it_is(open_page, look):
    page = open_page(**LOOKS[look])
    page.evaluate(
        "document.querySelectorAll('section.analysis').forEach(s => s.hidden = false)"
    )
    larger = page.eval_on_selector_all(
        "figure svg",
        """all => all
            .filter(f => f.getBoundingClientRect().width > f.width.baseVal.value + 1)
            .map(f => f.getAttribute("aria-label"))""",
    )
    assert larger == []


def test_without_script_everything_is_there(open_page):
    page = open_page(java_script_enabled=False)
    sections = page.locator("main section")
    for i in range(sections.count()):
        assert sections.nth(i).is_visible()
    tables = page.locator("table")
    for i in range(tables.count()):
        assert tables.nth(i).is_visible()
    buttons = page.locator("button")
    assert [i for i in range(buttons.count()) if buttons.nth(i).is_visible()] == []


def test_a_phone_scrolls_the_page_downwards_only(open_page):
    page = open_page(viewport=PHONE)
    page.get_by_text("Contents").click()
    page.get_by_role("button", name="Show all").click()
    for name in ("balance", "flow"):
        drawn = page.locator(f"section.analysis figure[id$=fig-{name}] svg:visible")
        # As large as drawn: labels of 12 px are not scaled to less than 11.
        scale = "f => f.getBoundingClientRect().width / f.width.baseVal.value"
        assert drawn.count()
        assert min(drawn.nth(i).evaluate(scale) for i in range(drawn.count())) > 0.9
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_value_under_the_pointer_is_told(open_page):
    page = open_page()
    figure = page.locator("section.analysis:not([hidden]) figure[id$=fig-survival-os]")
    mark = figure.locator("[data-tip]").nth(3)
    figure.scroll_into_view_if_needed()
    mark.hover(force=True)
    told = page.locator("#tip")
    assert told.is_visible()
    assert "at risk" in told.inner_text()


def test_intervals_can_be_taken_off_the_curves(open_page):
    page = open_page()
    band = page.locator("section.analysis:not([hidden]) [class*=' ci_']").first
    assert band.evaluate("node => getComputedStyle(node).display") != "none"
    page.get_by_role("button", name="Confidence bands").click()
    assert band.evaluate("node => getComputedStyle(node).display") == "none"


def test_the_ledger_is_filtered_by_word(open_page):
    page = open_page("#ledger")
    page.locator("#ledger details:has(#all--table-ledger) > summary").click()
    rows = page.locator("#all--table-ledger tbody tr")
    page.get_by_label("Contains").fill("bulbar")
    shown = [rows.nth(i) for i in range(rows.count()) if rows.nth(i).is_visible()]
    assert 0 < len(shown) < rows.count()
    assert all("bulbar" in row.inner_text().lower() for row in shown)


def test_it_prints_with_its_mark_on_every_page(open_page):
    page = open_page()
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 2 < len(re.findall(rb"/Type /Page\b", printed)) <= MOST_PAGES
    # Nothing is cut at the right edge of A4 less its margins, 184 mm.
    page.set_viewport_size({"width": 695, "height": 1000})
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 695
    margin = page.evaluate(
        "[...document.styleSheets].some(s => [...s.cssRules].some("
        "r => r.cssText.includes('@top-center') && r.cssText.includes('Synthetic')))"
    )
    assert margin
    page.emulate_media(media="print")
    assert page.locator("aside.synthetic").is_visible()
    assert not page.locator("nav").is_visible()


def test_headings_step_down_one_level_at_a_time(open_page):
    levels = open_page().eval_on_selector_all(
        "h1, h2, h3, h4", "nodes => nodes.map(n => Number(n.tagName[1]))"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
