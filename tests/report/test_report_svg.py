"""An SVG becomes part of the page as a tree, whatever its texts hold."""

from xml.etree import ElementTree

import pytest

from counterarm.report.figures.svg import inline_svg, rounded

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10">'


def test_coordinates_are_rounded_and_numbers_that_are_read_are_not():
    svg = f'{HEAD}<path d="M1.2345,2" aria-label="0.2345"/><text>0.9876</text></svg>'
    root = ElementTree.fromstring(rounded(svg))
    assert root[0].attrib == {"d": "M1.2,2", "aria-label": "0.2345"}
    assert root[1].text == "0.9876"


def test_a_text_that_looks_like_a_mark_or_a_colour_stays_as_it_is():
    svg = f'{HEAD}<text fill="#000">url(#c) id="x" #000 &lt;path&gt;</text></svg>'
    made = inline_svg(svg, "own", "Label.", {"#000": "var(--ink)"})
    assert 'fill="var(--ink)"' in made
    assert '>url(#c) id="x" #000 &lt;path&gt;<' in made


@pytest.mark.parametrize(
    ("second", "shared"), [("#123456", True), ("#654321", False), (None, False)]
)
def test_what_all_marks_of_a_group_have_is_said_once(second, shared):
    fill = "" if second is None else f'fill="{second}"'
    svg = (
        f'{HEAD}<g class="mark-symbol role-mark"><path fill="#123456" d="M0,0"/>'
        f'<path {fill} d="M1,1"/></g></svg>'
    )
    group = ElementTree.fromstring(inline_svg(svg, "own", "Label.", {}))[0]
    assert ("fill" in group.attrib) is shared
    assert ("fill" in group[0].attrib) is not shared


def test_only_the_first_white_ground_is_taken_out():
    ground = '<rect width="20" height="10" fill="white"/>'
    made = inline_svg(f"{HEAD}{ground}{ground}</svg>", "own", "Label.", {})
    assert made.count("<rect") == 1


def test_marks_keep_their_values_and_the_image_has_one_label():
    svg = f'{HEAD}<g role="x"><path aria-label="a &amp; &quot;b&quot;"/></g></svg>'
    root = ElementTree.fromstring(inline_svg(svg, "own", 'Say "so".', {}))
    assert root.attrib["aria-label"] == 'Say "so".'
    assert root[0].attrib == {}
    assert root[0][0].attrib == {"data-tip": 'a & "b"'}
