"""The receipt of the last apply of an object, by which it is known that nobody has touched what we applied."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inventory", sa.Column("receipt", sa.Text(), nullable=False, server_default=""))
