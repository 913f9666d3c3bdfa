"""The `triptych` command: one file per group of commands, imported when used."""

import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import click
from click.exceptions import Exit

from triptych import __version__
from triptych.errors import DefinitionError, TriptychError

# command -> "module:function"; nothing else is imported for `--help`
COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "new": ("triptych.cli.new:new", "Copy an example campaign to start from."),
        "check": (
            "triptych.cli.check:check",
            "Check a workflow file, all problems at once.",
        ),
        "plan": (
            "triptych.cli.check:plan",
            "List every unit, its cost, and what is reused.",
        ),
        "run": ("triptych.cli.run:run", "Make what is missing and build the packs."),
        "approve": ("triptych.cli.approve:approve", "Let the packs of a run leave."),
        "reject": (
            "triptych.cli.approve:reject",
            "Keep a run's packs here; say what should change.",
        ),
        "deploy": (
            "triptych.cli.deploy:deploy",
            "Deploy workflow files: schedules, run forms, versions.",
        ),
        "up": ("triptych.cli.services:up", "Start the Prefect server and a worker."),
        "down": ("triptych.cli.services:down", "Stop what `up` started."),
        "status": ("triptych.cli.services:status", "Show what runs, and where."),
        "logs": ("triptych.cli.services:logs", "Show the server's and worker's logs."),
        "runs": ("triptych.cli.run:runs", "List the runs in the store."),
        "lora": ("triptych.cli.lora:lora", "List, show and train a brand's LoRAs."),
        "schema": (
            "triptych.cli.check:schema",
            "Print the JSON Schema of the workflow file.",
        ),
        "explain": ("triptych.cli.check:explain", "Explain an error code, e.g. T301."),
        "layouts": (
            "triptych.cli.layouts:layouts",
            "List, check and look at layouts on every placement.",
        ),
        "connectors": (
            "triptych.cli.connectors:connectors",
            "List connectors: what each can do; show one, try one.",
        ),
        "watch": ("triptych.cli.watch:watch", "Run a workflow for each dropped file."),
        "webhooks": (
            "triptych.cli.webhooks:webhooks",
            "Start workflows by signed messages.",
        ),
        "keys": ("triptych.cli.keys:keys", "List which keys are found, and where."),
        "prompts": (
            "triptych.cli.prompts:prompts",
            "Show what language models are told, and compare it.",
        ),
        "doctor": (
            "triptych.cli.doctor:doctor",
            "Say what of keys, providers, fonts and servers is not ready.",
        ),
        "verify": ("triptych.cli.store:verify", "Check every artifact against its digest."),
        "links": ("triptych.cli.store:links", "Print links to the packs of a run."),
        "gc": ("triptych.cli.store:gc", "Remove what no run refers to."),
    }
)


class Commands(click.Group):
    """Loads a command when it is called, and turns known errors into words.

    Every `TriptychError` becomes one message on stderr and one exit code; a bug still
    shows its traceback.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command; what the system refuses ends in a sentence, too."""
        from triptych.cli.endings import ending_of

        try:
            return super().main(*args, **extra)
        except Exception as error:
            ending = ending_of(error)
            if ending is None:
                raise
            ending.show()
            raise SystemExit(ending.exit_code) from None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; known errors end in a sentence and their exit code."""
        try:
            return super().invoke(ctx)
        except DefinitionError as error:
            from triptych.cli.problems import shown

            click.echo(shown(error.problems, "text"), err=True)
            ctx.exit(error.exit_code)
        except TriptychError as error:
            from triptych.cli.endings import FOLDER_GONE, has_folder

            here = has_folder()
            click.echo(str(error) if here else FOLDER_GONE, err=True)
            ctx.exit(error.exit_code if here else 2)
        except KeyboardInterrupt:
            click.echo("stopped; what was made is kept, the next run resumes", err=True)
            ctx.exit(130)
        except (click.ClickException, click.Abort, Exit):
            raise
        except Exception as error:
            from triptych.cli.endings import ending_of

            if (ending := ending_of(error)) is None:
                raise
            ending.show()
            ctx.exit(ending.exit_code)  # before click makes 1 of a broken pipe's code


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="triptych")
def main() -> None:
    """Chain copy, image and slide specialists into campaign packs."""


def typed() -> None:
    """Run the command that was typed, and keep its words for the warm process."""
    from triptych.cli.endings import Ending, open_streams, refuse_bytes

    open_streams()
    words = sys.argv[1:]
    try:
        refuse_bytes(words)
    except Ending as ending:
        ending.show()
        raise SystemExit(ending.exit_code) from None
    main(obj=tuple(words))


if __name__ == "__main__":
    typed()
