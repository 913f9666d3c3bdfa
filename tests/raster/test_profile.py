import io

import numpy as np
from PIL import Image, ImageCms

from tests.raster.samples import scene
from triptych.geometry import Size
from triptych.raster import srgb


def test_the_profile_is_srgb_to_the_bit() -> None:
    image = Image.fromarray(scene(Size(90, 60)))
    own = ImageCms.ImageCmsProfile(io.BytesIO(srgb()))
    there = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"))
    assert there is not None
    off = np.abs(np.asarray(there).astype(int) - np.asarray(image))
    assert off.max() <= 1


def test_it_names_itself() -> None:
    own = ImageCms.ImageCmsProfile(io.BytesIO(srgb()))
    assert ImageCms.getProfileDescription(own).strip() == "sRGB"
