"""What fal's apps take: npm @fal-ai/client 1.10.1 `endpoints.d.ts`."""

from collections.abc import Mapping
from typing import Any

NUMBER = (int, float)
COMMON: dict[str, Any] = {
    "prompt": str,
    "image_size": (str, dict),
    "num_images": int,
    "sync_mode": bool,
    "enable_safety_checker": bool,
}
FLUX = {
    **COMMON,
    "seed": int,
    "num_inference_steps": int,
    "guidance_scale": NUMBER,
    "acceleration": str,
    "output_format": str,
}
SDXL = {
    **COMMON,
    "seed": int,
    "num_inference_steps": str,  # "1", "2", "4" or "8", and not a number
    "format": str,
    "expand_prompt": bool,
    "embeddings": list,
}
START = {"image_url": str, "strength": NUMBER}
KONTEXT = {
    "prompt": str,
    "seed": int,
    "aspect_ratio": str,
    "guidance_scale": NUMBER,
    "safety_tolerance": str,
    "enhance_prompt": bool,
    "num_images": int,
    "output_format": str,
    "sync_mode": bool,
}
DEV_START = {name: kind for name, kind in FLUX.items() if name != "image_size"}
APPS: Mapping[str, Mapping[str, Any]] = {
    "fal-ai/flux/dev": FLUX,
    "fal-ai/flux/schnell": FLUX,
    "fal-ai/flux/dev/image-to-image": {**DEV_START, **START},
    "fal-ai/flux-lora": {**FLUX, "loras": list},
    "fal-ai/flux-lora/image-to-image": {**FLUX, **START, "loras": list},
    "fal-ai/flux-krea-lora/inpainting": {**FLUX, **START, "mask_url": str, "loras": list},
    "fal-ai/flux-pro/kontext": {**KONTEXT, "image_url": str},
    "fal-ai/flux-pro/kontext/multi": {**KONTEXT, "image_urls": list},
    "fal-ai/fast-lightning-sdxl": SDXL,
    "fal-ai/fast-lightning-sdxl/image-to-image": {**SDXL, **START},
    "fal-ai/fast-lightning-sdxl/inpainting": {**SDXL, **START, "mask_url": str},
    "fal-ai/recraft/v3/text-to-image": {**COMMON, "style": str, "colors": list},
    "fal-ai/ideogram/v3": {**COMMON, "seed": int, "rendering_speed": str, "style": str},
    "fal-ai/birefnet/v2": {
        "image_url": str,
        "model": str,
        "operating_resolution": str,
        "output_format": str,
        "refine_foreground": bool,
        "sync_mode": bool,
    },
    "fal-ai/clarity-upscaler": {
        "image_url": str,
        "upscale_factor": NUMBER,
        "prompt": str,
        "negative_prompt": str,
        "creativity": NUMBER,
        "resemblance": NUMBER,
        "guidance_scale": NUMBER,
        "num_inference_steps": int,
        "seed": int,
        "enable_safety_checker": bool,
    },
    "fal-ai/aura-sr": {
        "image_url": str,
        "upscale_factor": int,
        "overlapping_tiles": bool,
        "checkpoint": str,
    },
    "fal-ai/seedvr/upscale/image": {
        "image_url": str,
        "upscale_mode": str,
        "upscale_factor": NUMBER,
        "noise_scale": NUMBER,
        "output_format": str,
        "seed": int,
    },
    "fal-ai/flux-lora-fast-training": {
        "images_data_url": str,
        "trigger_word": str,
        "is_style": bool,
        "steps": int,
        "create_masks": bool,
        "is_input_format_already_preprocessed": bool,
        "data_archive_format": str,
    },
}
REQUIRED = ("prompt", "image_url", "image_urls", "mask_url", "images_data_url")
OPTIONAL = {"fal-ai/clarity-upscaler": ("prompt",)}
UPSCALERS = ("fal-ai/aura-sr", "fal-ai/clarity-upscaler", "fal-ai/seedvr/upscale/image")
RATIOS = {"21:9", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16", "9:21"}
