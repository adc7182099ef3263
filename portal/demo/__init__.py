"""The demonstration university: invented people, each situation a student can be in, drawn portraits."""


def fill_demo(sandbox_url: str, token: str) -> bool:
    """Write it into the application at hand and into the sandbox; False if it is there already.

    `token`: the bearer token of the sandbox. Raises `fill.NotADemonstration` outside a demonstration and
    `ministry_side.SandboxSilent` if the sandbox does not do its part; nothing is half-written then.
    """
    from portal.demo.fill import fill  # drawing and inventing are needed once in an instance's life

    return fill(sandbox_url, token)
