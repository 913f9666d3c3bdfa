"""The harness: the prompts for language models. Folders of text, versioned by digest.

kit     Harness, CopyPrompts, JudgePrompts
load    from `templates/prompts/<name>/`, or a brand's own `prompts/<name>/`
render  one of its templates with the words of a request
"""
