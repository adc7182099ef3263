"""The demonstration university: invented people, each situation a student can be in, drawn portraits."""


def fill_demo(sandbox_url: str, token: str) -> bool:
    """Write it into the application at hand and into the sandbox; False if it is there already.

    `token`: the bearer token of the sandbox. Raises `presence.NotADemonstration` outside a demonstration and
    `ministry_side.SandboxSilent` if the sandbox does not do its part; nothing is half-written then.
    """
    from portal.demo.presence import is_filled

    if is_filled():
        return False
    from portal.demo.fill import fill  # invents and draws: needed once in an instance's life

    return fill(sandbox_url, token)
