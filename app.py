import os
from pathlib import Path


def __getattr__(name):
    if name != "app":
        raise AttributeError(name)
    from portal import create_app
    from portal.settings import load_settings

    return create_app(load_settings(Path(os.environ["PORTAL_INSTANCE"])), check=False)
