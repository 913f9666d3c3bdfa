"""`python -m flows.migrate`: brings a team's database to this version, before all else.

Servers do not do this themselves: of two that start on a fresh database, both register
Prefect's block types, and one dies of the other's rows (seen with 3.8.8). So they are
told not to (deploy/server.env), and this job does it once.
"""

import asyncio
import sys


async def migrate() -> None:
    """Upgrade the schema to Prefect's newest and register its block types.

    Safe to run again, and while servers of the version before still run.
    """
    from prefect.server.database import provide_database_interface
    from prefect.server.database.alembic_commands import alembic_upgrade
    from prefect.server.models.block_registration import run_block_auto_registration
    from prefect.utilities.asyncutils import run_sync_in_worker_thread

    # Prefect's own thread: the migrations come back to this loop from it
    await run_sync_in_worker_thread(alembic_upgrade)
    session = await provide_database_interface().session()
    async with session:
        await run_block_auto_registration(session=session)


def main() -> int:
    """Migrate, and say so; a traceback is what an operator needs if it fails."""
    asyncio.run(migrate())
    sys.stdout.write("the database is of this version\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
