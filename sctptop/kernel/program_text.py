"""``--ebpf``: the C of the probes as it would be loaded here."""

from __future__ import annotations

from sctptop.errors import SctptopError
from sctptop.kernel.program.compiling import NoProbes, source_here
from sctptop.kernel.program.points import ProbeChoice


def program_text(choice: ProbeChoice) -> str:
    """The C that would be loaded on this kernel, and what is left out of it. Raises SctptopError."""
    try:
        source, needs_headers = source_here(choice)
    except NoProbes as error:
        raise SctptopError(str(error)) from error
    notes = [f"/* {concern} is left out: {why} */\n" for concern, why in source.left_out.items()]
    if needs_headers:
        notes.append(
            "/* Compiled with the kernel's headers: its BTF does not tell the sctp module's types. */\n"
        )
    return "".join(notes) + source.text
