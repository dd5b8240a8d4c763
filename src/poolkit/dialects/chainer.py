"""Chainer: `chainer.functions`' pooling, unpooling and pooling of regions.

Where it departs from others: maxima have `cover_all=True` by default, so that the last windows may
be empty, −∞; averages do not know it. The padding of a maximum holds −∞ and is chosen where
nothing is larger: the indices, which are offsets within a window, then say 0. The first NaN
wins. Averages count the padding, unless `pad_value` is None; a window wholly in the padding is
then NaN or −0. `unpooling` spreads each value over its window, and `upsampling_2d` puts it where
the index of a maximum says.

Not imitated: `unpooling` to a length below 0 gives anything; the gradient of `unpooling_2d` fails
where one axis is padded and the other not, and the window is 2 with a stride of 2.

Source: chainer/chainer 7.8.1: chainer/functions/pooling/max_pooling_nd.py, average_pooling_nd.py,
average_pooling_2d.py, unpooling_nd.py, unpooling_2d.py, upsampling_2d.py,
spatial_pyramid_pooling_2d.py; chainer/utils/conv.py, conv_nd.py.
"""

from poolkit.dialects import (
    chainer_pooling,
    chainer_regions,
    chainer_unpooling,
    chainer_words,
)
from poolkit.dialects.native import Dialect

__all__ = [
    "DIALECT",
    "average_pooling_1d",
    "average_pooling_2d",
    "average_pooling_3d",
    "average_pooling_nd",
    "max_pooling_1d",
    "max_pooling_2d",
    "max_pooling_3d",
    "max_pooling_nd",
    "propose",
    "roi_average_align_2d",
    "roi_average_pooling_2d",
    "roi_max_align_2d",
    "roi_max_pooling_2d",
    "roi_pooling_2d",
    "spatial_pyramid_pooling_2d",
    "unpooling_1d",
    "unpooling_2d",
    "unpooling_3d",
    "unpooling_nd",
    "upsampling_2d",
]

DIALECT = Dialect("chainer")

max_pooling_nd = DIALECT.operator("max_pooling_nd")(chainer_pooling.max_pooling_nd)
max_pooling_1d = DIALECT.operator("max_pooling_1d")(chainer_pooling.max_pooling_1d)
max_pooling_2d = DIALECT.operator("max_pooling_2d")(chainer_pooling.max_pooling_2d)
max_pooling_3d = DIALECT.operator("max_pooling_3d")(chainer_pooling.max_pooling_3d)
average_pooling_nd = DIALECT.operator("average_pooling_nd")(chainer_pooling.average_pooling_nd)
average_pooling_1d = DIALECT.operator("average_pooling_1d")(chainer_pooling.average_pooling_1d)
average_pooling_2d = DIALECT.operator("average_pooling_2d")(chainer_pooling.average_pooling_2d)
average_pooling_3d = DIALECT.operator("average_pooling_3d")(chainer_pooling.average_pooling_3d)
unpooling_nd = DIALECT.operator("unpooling_nd")(chainer_unpooling.unpooling_nd)
unpooling_1d = DIALECT.operator("unpooling_1d")(chainer_unpooling.unpooling_1d)
unpooling_2d = DIALECT.operator("unpooling_2d")(chainer_unpooling.unpooling_2d)
unpooling_3d = DIALECT.operator("unpooling_3d")(chainer_unpooling.unpooling_3d)
upsampling_2d = DIALECT.operator("upsampling_2d")(chainer_unpooling.upsampling_2d)
spatial_pyramid_pooling_2d = DIALECT.operator("spatial_pyramid_pooling_2d")(
    chainer_pooling.spatial_pyramid_pooling_2d
)
roi_pooling_2d = DIALECT.operator("roi_pooling_2d")(chainer_regions.roi_pooling_2d)
roi_max_pooling_2d = DIALECT.operator("roi_max_pooling_2d")(chainer_regions.roi_max_pooling_2d)
roi_average_pooling_2d = DIALECT.operator("roi_average_pooling_2d")(
    chainer_regions.roi_average_pooling_2d
)
roi_max_align_2d = DIALECT.operator("roi_max_align_2d")(chainer_regions.roi_max_align_2d)
roi_average_align_2d = DIALECT.operator("roi_average_align_2d")(
    chainer_regions.roi_average_align_2d
)

propose = DIALECT.proposer(chainer_words.propose)
