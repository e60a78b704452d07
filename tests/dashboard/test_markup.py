"""HTML from Python: what a person typed stays text."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.markup import Markup, html, svg, to_html


def test_an_element_like_dash_s_own() -> None:
    made = html.A(["a<b", None, 3, html.Br()], href="/?a=1&b=2", className="x", data_nav=True, hidden=False)
    assert made == '<a href="/?a=1&amp;b=2" class="x" data-nav>a&lt;b3<br></a>'


def test_drawings_keep_their_capitals() -> None:
    drawn = svg.Svg(svg.LinearGradient(), viewBox="0 0 1 1", style={"strokeWidth": 2, "--x": "1px"})
    assert (
        drawn
        == '<svg viewBox="0 0 1 1" style="stroke-width:2;--x:1px"><linearGradient></linearGradient></svg>'
    )


@given(st.text())
def test_no_text_becomes_an_element(text: str) -> None:
    written = to_html(text)
    assert "<" not in written
    assert '"' not in html.P(title=text).removeprefix('<p title="').removesuffix('"></p>')


def test_markup_is_written_once() -> None:
    inner = html.B("&")
    assert isinstance(inner, Markup)
    assert to_html([inner, (inner,)]) == "<b>&amp;</b><b>&amp;</b>"
