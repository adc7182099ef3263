"""`_()` and `ngettext()` in templates: values are escaped where the template escapes, percent signs are kept."""

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ _('Wyloguj') }}", "Wyloguj"),
        ("{{ _('Od %(day)s', day='<b>') }}", "Od &lt;b&gt;"),
        ("{{ _('Od %(day)s', day='<b>'|safe) }}", "Od <b>"),
        ("{% autoescape false %}{{ _('Od %(day)s', day='R&D') }}{% endautoescape %}", "Od R&D"),
        ("{{ _('%(done)d%%', done=7) }}", "7%"),
        ("{{ _('%%w × %%h') }}", "%w × %h"),
        ("{{ ngettext('%(num)d wiersz', 'wiersze: %(num)d', 1) }}", "1 wiersz"),
        (
            "{{ ngettext('%(num)d wiersz', 'wiersze: %(num)d (%(of)s)', 5, of='<b>') }}",
            "wiersze: 5 (&lt;b&gt;)",
        ),
        ("{{ _('Razem: %(num)d', num=12345) }}", "Razem: 12\N{NARROW NO-BREAK SPACE}345"),
        ("{{ _('Paczka nr %(number)d', number=1234) }}", "Paczka nr 1234"),
        ("{{ 1234|number }} {{ 999|number }}", "1\N{NARROW NO-BREAK SPACE}234 999"),
        ("{% macro word() %}{{ _('Wyloguj') }}{% endmacro %}{{ word() }}", "Wyloguj"),
    ],
)
def test_words_and_their_values_stand_in_a_page(app: Flask, template: str, said: str) -> None:
    with app.test_request_context():
        assert render_template_string(template) == said


def test_every_request_speaks_its_own_language(app: Flask) -> None:
    said = []
    for language in ("pl", "en", "pl"):
        with app.test_request_context(), force_locale(language):
            said.append(render_template_string("{{ _('Możesz zamówić mLegitymację') }}"))
    assert said[0] == said[2] == "Możesz zamówić mLegitymację"
    assert said[1] != said[0]
