"""Find faces and subjects in pixels by classic means: GrabCut, saliency, a face cascade."""
