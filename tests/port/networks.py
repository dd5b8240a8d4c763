"""Published networks, as far as the size of what their pooling layers see depends on it.

Structure after BVLC/caffe (examples/mnist/lenet.prototxt, models/bvlc_alexnet,
models/bvlc_googlenet), the VGG-16 of K. Simonyan's model zoo entry,
KaimingHe/deep-residual-networks (ResNet-50) and pjreddie/darknet (cfg/yolov2.cfg,
yolov2-tiny.cfg, yolov3-tiny.cfg, yolov3-spp.cfg): kernel sizes, strides and padding are theirs,
the text is not.
"""


def caffe_input(side, channels=3):
    return f"""layer {{ name: "data" type: "Input" top: "data"
      input_param {{ shape {{ dim: 1 dim: {channels} dim: {side} dim: {side} }} }} }}"""


def conv(name, bottom, kernel_size, stride=1, pad=0):
    return f"""layer {{ name: "{name}" type: "Convolution" bottom: "{bottom}" top: "{name}"
      param {{ lr_mult: 1 decay_mult: 1 }}
      convolution_param {{ num_output: 8 kernel_size: {kernel_size} stride: {stride} pad: {pad}
        weight_filler {{ type: "xavier" }} }} }}
    layer {{ name: "{name}_relu" type: "ReLU" bottom: "{name}" top: "{name}" }}"""


def pool(name, bottom, method, kernel_size, stride=1, pad=0):
    padded = f"pad: {pad}" if pad else ""
    return f"""layer {{ name: "{name}" type: "Pooling" bottom: "{bottom}" top: "{name}"
      pooling_param {{ pool: {method} kernel_size: {kernel_size} stride: {stride} {padded} }} }}"""


LENET = "\n".join(
    [
        caffe_input(28, 1),
        conv("conv1", "data", 5),
        pool("pool1", "conv1", "MAX", 2, 2),
        conv("conv2", "pool1", 5),
        pool("pool2", "conv2", "MAX", 2, 2),
    ]
)
ALEXNET = "\n".join(
    [
        caffe_input(227),
        conv("conv1", "data", 11, 4),
        'layer { name: "norm1" type: "LRN" bottom: "conv1" top: "norm1" }',
        pool("pool1", "norm1", "MAX", 3, 2),
        conv("conv2", "pool1", 5, pad=2),
        pool("pool2", "conv2", "MAX", 3, 2),
        conv("conv3", "pool2", 3, pad=1),
        conv("conv4", "conv3", 3, pad=1),
        conv("conv5", "conv4", 3, pad=1),
        pool("pool5", "conv5", "MAX", 3, 2),
    ]
)


def vgg16():
    layers, bottom = [caffe_input(224)], "data"
    for block, count in enumerate((2, 2, 3, 3, 3), 1):
        for number in range(1, count + 1):
            layers.append(conv(f"conv{block}_{number}", bottom, 3, pad=1))
            bottom = f"conv{block}_{number}"
        layers.append(pool(f"pool{block}", bottom, "MAX", 2, 2))
        bottom = f"pool{block}"
    return "\n".join(layers)


def googlenet():
    layers = [
        caffe_input(224),
        conv("conv1/7x7_s2", "data", 7, 2, 3),
        pool("pool1/3x3_s2", "conv1/7x7_s2", "MAX", 3, 2),
        conv("conv2/3x3_reduce", "pool1/3x3_s2", 1),
        conv("conv2/3x3", "conv2/3x3_reduce", 3, pad=1),
        pool("pool2/3x3_s2", "conv2/3x3", "MAX", 3, 2),
    ]
    bottom = "pool2/3x3_s2"
    for name in ("3a", "3b", "4a", "4b", "4c", "4d", "4e", "5a", "5b"):
        inception = f"inception_{name}"
        layers += [
            conv(f"{inception}/1x1", bottom, 1),
            pool(f"{inception}/pool", bottom, "MAX", 3, 1, 1),
            conv(f"{inception}/pool_proj", f"{inception}/pool", 1),
            f"""layer {{ name: "{inception}/output" type: "Concat" bottom: "{inception}/1x1"
              bottom: "{inception}/pool_proj" top: "{inception}/output" }}""",
        ]
        bottom = f"{inception}/output"
        if name in ("3b", "4e"):
            after = f"pool{3 if name == '3b' else 4}/3x3_s2"
            layers.append(pool(after, bottom, "MAX", 3, 2))
            bottom = after
        if name == "4a":
            layers.append(pool("loss1/ave_pool", bottom, "AVE", 5, 3))
    layers.append(pool("pool5/7x7_s1", bottom, "AVE", 7, 1))
    return "\n".join(layers)


def resnet50():
    layers = [
        'name: "ResNet-50" input: "data" input_dim: 1 input_dim: 3 input_dim: 224 input_dim: 224',
        conv("conv1", "data", 7, 2, 3),
        pool("pool1", "conv1", "MAX", 3, 2),
    ]
    bottom = "pool1"
    for stage, stride in ((2, 1), (3, 2), (4, 2), (5, 2)):
        layers.append(conv(f"res{stage}a_branch2a", bottom, 1, stride))
        layers.append(conv(f"res{stage}a_branch2b", f"res{stage}a_branch2a", 3, pad=1))
        bottom = f"res{stage}a_branch2b"
    layers.append(pool("pool5", bottom, "AVE", 7, 1))
    return "\n".join(layers)


def darknet(side, *sections):
    return "\n\n".join(
        [f"[net]\n# Testing\nbatch=1\nwidth={side}\nheight={side}\nchannels=3", *sections]
    )


def convolutional(filters, size=3, stride=1):
    return (
        f"[convolutional]\nbatch_normalize=1\nfilters={filters}\nsize={size}\nstride={stride}\n"
        "pad=1\nactivation=leaky"
    )


def maxpool(size=2, stride=2):
    return f"[maxpool]\nsize={size}\nstride={stride}"


def tiny():
    sections = []
    for filters in (16, 32, 64, 128, 256):
        sections += [convolutional(filters), maxpool()]
    sections += [convolutional(512), maxpool(2, 1), convolutional(1024)]
    return darknet(416, *sections)


def yolov2():
    sections = []
    for count, filters in ((1, 32), (1, 64), (3, 128), (3, 256), (5, 512)):
        sections += [convolutional(filters, 3 if i % 2 == 0 else 1) for i in range(count)]
        sections.append(maxpool())
    sections += [
        convolutional(1024),
        "[route]\nlayers=-9",
        convolutional(64, 1),
        "[reorg]\nstride=2",
    ]
    return darknet(608, *sections)


def yolov3():
    sections = [convolutional(32)]
    for filters in (64, 128, 256, 512, 1024):
        sections += [
            convolutional(filters, 3, 2),
            convolutional(filters // 2, 1),
            convolutional(filters),
            "[shortcut]\nfrom=-3\nactivation=linear",
        ]
    return darknet(416, *sections)


def yolov3_spp():
    pyramid = [
        convolutional(512, 1),
        *(maxpool(5, 1), "[route]\nlayers=-2", maxpool(9, 1), "[route]\nlayers=-4", maxpool(13, 1)),
        "[route]\nlayers=-1,-3,-5,-6",
        convolutional(512, 1),
    ]
    return yolov3().replace("=416", "=608") + "\n\n" + "\n\n".join(pyramid)


CAFFE = {
    "lenet": (LENET, {"pool1": (24, 12), "pool2": (8, 4)}),
    "alexnet": (ALEXNET, {"pool1": (55, 27), "pool2": (27, 13), "pool5": (13, 6)}),
    "vgg16": (vgg16(), {f"pool{i}": (448 >> i, 224 >> i) for i in range(1, 6)}),
    "googlenet": (
        googlenet(),
        {
            "pool1/3x3_s2": (112, 56),
            "pool2/3x3_s2": (56, 28),
            "pool3/3x3_s2": (28, 14),
            "pool4/3x3_s2": (14, 7),
            "pool5/7x7_s1": (7, 1),
            "loss1/ave_pool": (14, 4),
            **{f"inception_3{each}/pool": (28, 28) for each in "ab"},
            **{f"inception_4{each}/pool": (14, 14) for each in "abcde"},
            **{f"inception_5{each}/pool": (7, 7) for each in "ab"},
        },
    ),
    "resnet50": (resnet50(), {"pool1": (112, 56), "pool5": (7, 1)}),
}
"""Text, and the published sides before and after each pooling layer."""

DARKNET = {
    "yolov2-tiny": (tiny(), [(416, 208), (208, 104), (104, 52), (52, 26), (26, 13), (13, 13)]),
    "yolov3-tiny": (tiny(), [(416, 208), (208, 104), (104, 52), (52, 26), (26, 13), (13, 13)]),
    "yolov2": (yolov2(), [(608, 304), (304, 152), (152, 76), (76, 38), (38, 19)]),
    "yolov3": (yolov3(), []),
    "yolov3-spp": (yolov3_spp(), [(19, 19)] * 3),
}
