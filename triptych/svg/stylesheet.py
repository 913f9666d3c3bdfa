"""Style sheets of an SVG, applied: each element's declarations in the order of CSS.

The renderer knows few selectors, no variables and no at-rules; so every rule is applied
here, and what reaches the renderer has attributes only.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element

import cssselect2
import tinycss2
from tinycss2.ast import AtRule, Declaration, FunctionBlock, QualifiedRule

from triptych.errors import PictureError
from triptych.svg import limits

Node = Any  # of tinycss2, which has no types
Tokens = list[Node]
_SCREEN = frozenset(
    {
        "",
        "all",
        "screen",
        "only screen",
        "(prefers-color-scheme:light)",
        "screen and (prefers-color-scheme:light)",
    }
)
_WRAPPERS = frozenset({"layer", "supports"})
_MAX_SUBSTITUTIONS = 16  # var() inside var()


class StyleSheet:
    """The rules of every <style> of a drawing."""

    def __init__(self, sheets: list[str]) -> None:
        self.matcher = cssselect2.Matcher()
        self.rules = 0
        self.variables: dict[Element | None, Mapping[str, Tokens]] = {None: {}}
        for sheet in sheets:
            self._add(tinycss2.parse_stylesheet(_uncommented(sheet)), 0)

    def _add(self, rules: list[Node], depth: int) -> None:
        for rule in rules:
            if isinstance(rule, AtRule):
                self._add_at_rule(rule, depth)
            elif isinstance(rule, QualifiedRule):
                self._add_rule(rule)

    def _add_at_rule(self, rule: AtRule, depth: int) -> None:
        name = rule.lower_at_keyword
        if name == "import":
            raise PictureError(
                "holds '@import'; a logo may not refer to other files, the network, or "
                "scripts; export it as a plain, self-contained SVG"
            )
        query = tinycss2.serialize(rule.prelude).strip().lower().replace(": ", ":")
        shown = name in _WRAPPERS or (name == "media" and query in _SCREEN)
        if shown and rule.content is not None and depth < 5:
            self._add(tinycss2.parse_rule_list(rule.content), depth + 1)

    def _add_rule(self, rule: QualifiedRule) -> None:
        try:
            selectors = cssselect2.compile_selector_list(rule.prelude)
        except cssselect2.SelectorError:
            return  # browsers skip a rule whose selector they do not know
        self.rules += len(selectors)
        if self.rules > limits.MAX_RULES:
            raise PictureError(
                f"has more than {limits.MAX_RULES:,} style rules; export it with "
                "presentation attributes"
            )
        declarations = list(_declarations(rule.content))
        for selector in selectors:
            if selector.pseudo_element is None:
                self.matcher.add_selector(selector, declarations)

    def apply(self, root: Element) -> dict[Element, dict[str, Tokens]]:
        """Return the style of every element under `root`, custom properties resolved."""
        wrapper = cssselect2.ElementWrapper.from_xml_root(root)
        found: dict[Element, dict[str, Tokens]] = {}
        if self.rules * sum(1 for _ in root.iter()) > limits.MAX_MATCHES:
            raise PictureError("has too many style rules for so many elements; simplify it")
        for each in wrapper.iter_subtree():
            parent = each.parent.etree_element if each.parent is not None else None
            style = self._cascaded(each)
            inherited = self.variables[parent]
            own = {name: value for name, value in style.items() if name.startswith("--")}
            scope = {**inherited, **own} if own else inherited
            self.variables[each.etree_element] = scope
            found[each.etree_element] = {
                name: resolved
                for name, value in style.items()
                if not name.startswith("--")
                and (resolved := _substituted(value, scope, 0)) is not None
            }
        return found

    def attribute(self, each: Element, text: str) -> str:
        """Return an attribute's value with its `var()` replaced by values or fallbacks."""
        if "var(" not in text:
            return text
        scope = self.variables.get(each, {})
        tokens = _substituted(tinycss2.parse_component_value_list(text), scope, 0)
        return str(tinycss2.serialize(tokens)) if tokens is not None else ""

    def _cascaded(self, each: cssselect2.ElementWrapper) -> dict[str, Tokens]:
        """Return the winning value of each property that rules or `style` declare."""
        inline = each.etree_element.get("style", "")
        declared = [d for _, _, _, group in self.matcher.match(each) for d in group]
        declared += _declarations(inline) if inline.strip() else ()
        ordered = sorted(declared, key=lambda declaration: declaration.important)
        return {_name(declaration): declaration.value for declaration in ordered}


def _name(declaration: Declaration) -> str:
    name = declaration.name
    return str(name if name.startswith("--") else declaration.lower_name)


def _declarations(content: Any) -> Iterator[Declaration]:
    for node in tinycss2.parse_blocks_contents(content):
        if isinstance(node, Declaration):
            yield node


def _uncommented(sheet: str) -> str:
    """Return a style sheet without the marks that hide it from very old browsers."""
    return sheet.replace("<!--", " ").replace("-->", " ")


def _substituted(tokens: Tokens, scope: Mapping[str, Tokens], depth: int) -> Tokens | None:
    """Return `tokens` with every `var()` replaced, None where one has no value."""
    if depth > _MAX_SUBSTITUTIONS:
        return None
    found: Tokens = []
    for token in tokens:
        if token.type != "function":
            found.append(token)
        elif token.lower_name == "var":
            value = _variable(token.arguments, scope, depth)
            if value is None:
                return None
            found += value
        else:
            inner = _substituted(token.arguments, scope, depth)
            if inner is None:
                return None
            where = (token.source_line, token.source_column)
            found.append(FunctionBlock(*where, token.name, inner))
        if len(found) > 1000 and depth:
            return None
    return found


def _variable(arguments: Tokens, scope: Mapping[str, Tokens], depth: int) -> Tokens | None:
    names = [token for token in arguments if token.type == "ident"][:1]
    value = scope.get(names[0].value) if names else None
    if value is not None:
        return _substituted(value, scope, depth + 1)
    comma = next((i for i, token in enumerate(arguments) if token == ","), None)
    if comma is None:
        return None
    return _substituted(arguments[comma + 1 :], scope, depth + 1)
