"""Steps, what they find, and the lines they print."""

import json
import traceback

# All steps, in the order in which they run: name, what they need of the environment, what they do.
STEPS = []


def step(name, *wants):
    """Adds a step. `wants` names what it needs of the environment beyond what every step needs."""

    def added(work):
        assert all(name != it[0] for it in STEPS), f"Two steps are called {name}."
        STEPS.append((name, wants, work))
        return work

    return added


class Ended(Exception):
    """Ends a step whose rest would say nothing."""


class Trial:
    """One run of a step: it collects what is wrong, and puts away what the step made."""

    def __init__(self, world):
        self.world = world
        self.faults = []
        self.clean = []

    def ok(self, sentence, holds, got):
        """This must hold; the sentence says what is expected, and where that stands."""
        if not holds:
            self.faults.append(f"{sentence}; got {shown(got)}")
        return bool(holds)

    def equal(self, sentence, got, wanted):
        """These must be equal."""
        return self.ok(f"{sentence}: expected {shown(wanted)}", got == wanted, got)

    def later(self, work):
        """Does this at the end, whatever happens before."""
        self.clean.insert(0, work)


def run(work, trial):
    """Runs a step and gives what it found."""
    attempt(lambda: work(trial), trial)
    for one in trial.clean:
        attempt(one, trial)
    return list(dict.fromkeys(trial.faults))


def attempt(work, trial):
    try:
        work()
    except Ended:
        pass
    except Exception:
        trial.faults.append(f"the step broke off: {traceback.format_exc(limit=-4)}")


def shown(value, limit=400):
    """A value for people, not too long."""
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    except TypeError:
        text = repr(value)
    return text if len(text) <= limit else text[:limit] + "…"
