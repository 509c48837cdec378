"""All steps, and one run of them against one server."""

from report import STEPS, Trial, run
from world import World

import steps.signing  # noqa: F401
import steps.project  # noqa: F401
import steps.personal  # noqa: F401
import steps.password  # noqa: F401
import steps.oauth  # noqa: F401
import steps.refused  # noqa: F401
import steps.listed  # noqa: F401
import steps.repositories  # noqa: F401
import steps.files  # noqa: F401
import steps.hooks  # noqa: F401
import steps.through  # noqa: F401
import steps.asynchronous  # noqa: F401


def chosen(prefixes):
    """The steps whose names begin with one of these; all without one."""
    return [it for it in STEPS if not prefixes or it[0].startswith(tuple(prefixes))]


def run_steps(wanted, environment, tell):
    """Runs steps one after the other; `tell` gets {step, ok, detail} of each."""
    world = World(environment)
    for name, wants, work in wanted:
        missing = [it for it in wants if not environment.get(it)]
        if missing:
            detail = f"not run: {', '.join(missing)} not given"
            tell({"step": name, "ok": None, "detail": detail})
            continue
        trial = Trial(world)
        world.trial = trial
        faults = run(work, trial)
        tell({"step": name, "ok": not faults, "detail": "\n".join(faults)})
