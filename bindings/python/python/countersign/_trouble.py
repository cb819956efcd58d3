"""Says why the package cannot be used. Imported only then."""


def explain(error):
    """An ImportError in place of the loader's."""
    import os
    import platform
    import sys
    import sysconfig

    text = str(error)
    if "interpreter" in text:
        return ImportError(
            "countersign cannot be imported in a sub-interpreter: one interpreter of a process can use it. Under mod_wsgi set "
            "WSGIApplicationGroup %{GLOBAL}; under uWSGI set single-interpreter = true."
        )
    here = f"Python {platform.python_version()} ({sys.implementation.name}) on {sysconfig.get_platform()}"
    if not sysconfig.get_platform().startswith("linux"):
        libc = ""
    else:
        libc = " with " + (" ".join(platform.libc_ver()).strip() or "a libc that is not glibc, such as musl")
    folder = os.path.dirname(__file__)
    natives = sorted(name for name in os.listdir(folder) if name.startswith("_native") and not name.endswith(".pyi"))
    if natives:
        found = f"its native module {', '.join(natives)} cannot be loaded: {text}."
    else:
        found = "its native module is not there."
    return ImportError(
        f"countersign is installed, but {found} The wheel is for {_tags() or 'an unknown platform'}; this is {here}{libc}. "
        "Install it with the pip of this very Python, on the machine (or in the image) that runs it; for another platform "
        "use pip download --platform, or build it from source, which needs Rust.",
        name=getattr(error, "name", None),
        path=getattr(error, "path", None),
    )


def clash(name):
    """An ImportError where the distribution of this name has put its files among ours."""
    return ImportError(
        f"countersign cannot be trusted here, because the distribution {name}, which is somebody else's, is installed in the same folder as "
        f"countersign-orders and its files replace ours: run `pip uninstall {name}`, then `pip install --force-reinstall countersign-orders`."
    )


def _tags():
    """The platforms that the installed wheel is for."""
    try:
        from importlib.metadata import distribution

        lines = (distribution("countersign-orders").read_text("WHEEL") or "").splitlines()
    except Exception:
        return None
    return ", ".join(line.partition(":")[2].strip() for line in lines if line.startswith("Tag:"))
