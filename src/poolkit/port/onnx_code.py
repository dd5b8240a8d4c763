"""Translations of several steps as Python that makes the nodes of an ONNX graph."""

from typing import Any

from poolkit.dialects.translate import Translation
from poolkit.port.lines import INDENT, say_spans, wrap

__all__ = ["REDUCTIONS", "write_graph"]

REDUCTIONS = {"max": "ReduceMax", "mean": "ReduceMean", "sum": "ReduceSum"}
"""What ONNX calls the reductions of an axis."""

SLICES = """\
nodes, constants = [], []

def constant(value):
    name = f"{y}_constant{len(constants)}"
    constants.append(onnx.numpy_helper.from_array(np.array([value]), name))
    return name

for axis, step, spans in windows:
    parts = []
    for begin, end in spans:
        bounds = [constant(each) for each in (begin, end, axis, step)]
        part = f"{y}_{len(nodes)}"
        nodes.append(onnx.helper.make_node("Slice", [x, *bounds], [f"{part}_slice"]))
        nodes.append(onnx.helper.make_node("REDUCTION", [f"{part}_slice", bounds[2]], [part]))
        parts.append(part)
    x = f"{y}_axis{axis}"
    nodes.append(onnx.helper.make_node("Concat", parts, [x], axis=axis))"""


def write_graph(translation: Translation, name: str) -> str:
    """Return a function from the names of two values to nodes and constants of opset 22."""
    body = _slices(translation) if translation.call is None else _steps(translation)
    lines = [
        f"def {name}(x, y):  # names of values",
        *(f"{INDENT}{each}".rstrip() for each in body),
    ]
    return "\n".join([*lines, f"{INDENT}return nodes, constants"])


def _slices(translation: Translation) -> list[str]:
    slices = translation.slices or ()
    windows = ["windows = ["]
    for axis, along in enumerate(slices, translation.rank - len(slices)):
        spans = say_spans([(each.start, each.stop) for each in along])
        windows.append(f"{INDENT}({axis}, {along[0].step or 1}, {spans}),")
    body = SLICES.replace("REDUCTION", REDUCTIONS[translation.reduce]).split("\n")
    return [*windows, "]", *body, *_last(translation)]


def _last(translation: Translation) -> list[str]:
    """Return what gives the output its name, multiplied by the factor."""
    if translation.factor == 1:
        return ['nodes.append(onnx.helper.make_node("Identity", [x], [y]))']
    return [
        f"factor = np.array({translation.factor!r}, np.float32)",
        'constants.append(onnx.numpy_helper.from_array(factor, f"{y}_factor"))',
        'nodes.append(onnx.helper.make_node("Mul", [x, f"{y}_factor"], [y]))',
    ]


def _steps(translation: Translation) -> list[str]:
    assert translation.call is not None
    constants, nodes = [], []

    def constant(name: str, value: str) -> str:
        said = f'f"{{y}}_{name}"'
        constants.append(f"onnx.numpy_helper.from_array({value}, {said}),")
        return said

    def add(op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        said = "y" if output == "y" else f'f"{{y}}_{output}"'
        given = "".join(f", {key}={value!r}" for key, value in attributes.items())
        nodes.append(f'onnx.helper.make_node("{op}", [{", ".join(inputs)}], [{said}]{given}),')
        return said

    params = {key: value for key, value in translation.params.items() if key != "opset"}
    op = translation.call.op
    more = [(0, 0)] * (translation.rank - len(translation.padding))
    pairs = [*more, *translation.padding]
    is_padded = any(map(any, pairs))
    ends = [low for low, _ in pairs] + [high for _, high in pairs]
    x = "x"
    if is_padded:
        value = 'float("-inf")' if translation.padding_value < 0 else "0"
        pads = [
            constant("pads", f"np.array({ends})"),
            constant("padding_value", f"np.array({value}, np.float32)"),
        ]
        x = add("Pad", [x, *pads], "padded")
    following = (["shares"] if translation.divided_by_ones else []) + (
        ["factor"] if translation.factor != 1 else []
    )
    pooled = add(op, [x], "pooled" if following else "y", **params)
    if translation.divided_by_ones:
        # The share of each window that lies inside the input.
        shape = add("Shape", ["x"], "shape")
        nodes.append(
            f'onnx.helper.make_node("ConstantOfShape", [{shape}], [f"{{y}}_ones"], value=one),'
        )
        ones = 'f"{y}_ones"'
        if is_padded:
            ones = add("Pad", [ones, 'f"{y}_pads"'], "padded_ones")
        shares = add(op, [ones], "shares", **params)
        pooled = add("Div", [pooled, shares], "divided" if "factor" in following else "y")
    if "factor" in following:
        factor = constant("factor", f"np.array({translation.factor!r}, np.float32)")
        add("Mul", [pooled, factor], "y")
    lines = []
    if translation.divided_by_ones:
        lines.append('one = onnx.numpy_helper.from_array(np.ones(1, np.float32), "one")')
    lines += ["constants = [", *(INDENT + each for each in constants), "]"]
    lines += ["nodes = [", *_wrapped(nodes), "]"]
    return lines


def _wrapped(nodes: list[str]) -> list[str]:
    return [line for each in nodes for line in wrap(INDENT + each).split("\n")]
