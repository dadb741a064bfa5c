"""Who may read what is written: warehouses, reports and exports hold patients' rows."""

import os

SETTING = "COUNTERARM_UMASK"
DEFAULT = "077"


class UmaskError(ValueError):
    """The setting is no umask."""


def umask() -> int:
    """Return the permissions that nothing written has: 077, or COUNTERARM_UMASK.

    With 077 files are 0600 and folders 0700, with 027 the group may read them.
    Raises `UmaskError` for anything but three octal digits.
    """
    text = os.environ.get(SETTING) or DEFAULT
    try:
        mask = int(text, 8)
    except ValueError:
        mask = -1
    # Without these the program could not read what it wrote.
    if not 0 <= mask <= 0o777 or mask & 0o700:
        raise UmaskError(
            f"{SETTING}={text}: write it as three octal digits that leave the user "
            "every permission, e.g. 077 (no other user) or 027 (the group may read)"
        )
    return mask


def keep_private() -> int:
    """Make what this process writes from now on private; return the umask before."""
    return os.umask(umask())
