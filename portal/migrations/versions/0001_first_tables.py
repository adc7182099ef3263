"""First tables

Revision: 0001
After:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calendar_ahead_seconds", sa.Integer(), nullable=False),
        sa.CheckConstraint("calendar_ahead_seconds >= 0", name=op.f("ck_deployment_calendar_runs_forward")),
        sa.CheckConstraint(
            "demo OR calendar_ahead_seconds = 0", name=op.f("ck_deployment_only_a_demo_moves_time")
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_deployment_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_table(
        "job_runs",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("runs", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("error", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_runs_job_started_at"), ["job", "started_at"], unique=False)

    op.create_table(
        "ministry_health",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("down_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("next_probe_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_answer_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(down_since IS NULL) = (next_probe_at IS NULL)",
            name=op.f("ck_ministry_health_probed_while_down"),
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_ministry_health_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_health")),
    )
    op.create_table(
        "photos",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "media_type IN ('image/jpeg', 'image/png')", name=op.f("ck_photos_media_type_known")
        ),
        sa.CheckConstraint("width > 0 AND height > 0 AND size > 0", name=op.f("ck_photos_has_extent")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_photos")),
    )
    op.create_table(
        "sign_in_throttles",
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.Column("window_began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sign_in_throttles")),
    )
    with op.batch_alter_table("sign_in_throttles", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_sign_in_throttles_window_began_at"), ["window_began_at"], unique=False
        )

    op.create_table(
        "students",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("album_number", sa.String(length=20), nullable=True),
        sa.Column("first_names", sa.String(length=100), nullable=False),
        sa.Column("surname", sa.String(length=100), nullable=False),
        sa.Column("sort_name", sa.String(length=400), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("pesel_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pesel_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("photo_sha256", sa.String(length=64), nullable=True),
        sa.Column("personal_data_changed_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint(
            "(pesel_sealed IS NULL) = (pesel_index IS NULL)", name=op.f("ck_students_pesel_found_if_sealed")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_students_revision_counts")),
        sa.ForeignKeyConstraint(["photo_sha256"], ["photos.sha256"], name=op.f("fk_students_photo_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_students")),
        sa.UniqueConstraint("album_number", name=op.f("uq_students_album_number")),
        sa.UniqueConstraint("pesel_index", name=op.f("uq_students_pesel_index")),
    )
    with op.batch_alter_table("students", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_students_sort_name"), ["sort_name"], unique=False)

    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("user_name", sa.String(length=80), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "student",
                "staff",
                "admin",
                name="role_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("student_id", sa.String(length=36), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(role = 'student') = (student_id IS NOT NULL)", name=op.f("ck_accounts_students_have_a_student")
        ),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_accounts_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("student_id", name=op.f("uq_accounts_student_id")),
        sa.UniqueConstraint("user_name", name=op.f("uq_accounts_user_name")),
    )
    op.create_table(
        "els_cards",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column("card_number", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("first_valid_until", sa.Date(), nullable=False),
        sa.Column("void_on", sa.Date(), nullable=True),
        sa.CheckConstraint("first_valid_until >= issued_on", name=op.f("ck_els_cards_valid_after_issue")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_els_cards_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_els_cards")),
        sa.UniqueConstraint("card_number", name=op.f("uq_els_cards_card_number")),
    )
    with op.batch_alter_table("els_cards", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_els_cards_student_id"), ["student_id"], unique=False)
        batch_op.create_index(
            "uq_els_cards_one_valid",
            ["student_id"],
            unique=True,
            sqlite_where=sa.text("void_on IS NULL"),
            postgresql_where=sa.text("void_on IS NULL"),
        )

    op.create_table(
        "enrolments",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column("faculty", sa.String(length=120), nullable=False),
        sa.Column("programme", sa.String(length=120), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "first_cycle",
                "second_cycle",
                "uniform",
                "doctoral",
                "postgraduate",
                name="level_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("group_name", sa.String(length=40), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "planned",
                "active",
                "on_leave",
                "suspended",
                "graduated",
                "removed",
                "transferred",
                name="status_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("status_since", sa.Date(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("oath_approved_on", sa.Date(), nullable=True),
        sa.CheckConstraint("year BETWEEN 1 AND 8", name=op.f("ck_enrolments_year_plausible")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_enrolments_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
    )
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_enrolments_faculty_programme_year_group_name"),
            ["faculty", "programme", "year", "group_name"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_enrolments_student_id"), ["student_id"], unique=False)

    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "import",
                "extension",
                "panel",
                name="kind_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.String(length=36), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("legal_basis", sa.String(length=300), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "undone_at IS NULL OR applied_at IS NOT NULL", name=op.f("ck_batches_undone_after_applied")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_batches_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_table(
        "journal",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=36), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("subject_kind", sa.String(length=30), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["accounts.id"], name=op.f("fk_journal_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal")),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_journal_subject_kind_subject_id"), ["subject_kind", "subject_id"], unique=False
        )

    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("account_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id")),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "card_extensions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("extended_by", sa.String(length=36), nullable=False),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("legal_basis", sa.String(length=300), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.String(length=36), nullable=True),
        sa.Column("undo_reason", sa.String(length=300), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by IS NULL) AND (undone_at IS NULL) = (undo_reason IS NULL)",
            name=op.f("ck_card_extensions_undone_by_somebody_for_a_reason"),
        ),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_card_extensions_batch_id")),
        sa.ForeignKeyConstraint(
            ["extended_by"], ["accounts.id"], name=op.f("fk_card_extensions_extended_by")
        ),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_card_extensions_student_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["accounts.id"], name=op.f("fk_card_extensions_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_extensions")),
    )
    with op.batch_alter_table("card_extensions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_card_extensions_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_card_extensions_student_id"), ["student_id"], unique=False)
        batch_op.create_index(
            "uq_card_extensions_once",
            ["student_id", "until"],
            unique=True,
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )

    op.create_table(
        "orders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("student_id", sa.String(length=36), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "in_progress",
                "ready",
                "collected",
                "codes_expired",
                "error",
                "cancelled",
                "revoked",
                "superseded",
                "expired",
                name="status_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "at_ministry",
            sa.Enum(
                "absent",
                "uncertain",
                "present",
                "kept",
                "gone",
                name="at_ministry_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forwarded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "end_reason",
            sa.Enum(
                "student_cancelled",
                "office_revoked",
                "conditions_unmet",
                "extension_undone",
                "entitlement_ended",
                "ministry_refused",
                "ministry_withdrew",
                "codes_expired_unseen",
                "deadline_passed",
                "codes_not_used",
                "newer_collected",
                "validity_ended",
                name="end_reason_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("refusal_code", sa.String(length=64), nullable=True),
        sa.Column("payload_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("content_mark", sa.LargeBinary(length=32), nullable=False),
        sa.Column("photo_sha256", sa.String(length=64), nullable=False),
        sa.Column("planned_valid_until", sa.Date(), nullable=False),
        sa.Column("enrolment_id", sa.String(length=36), nullable=False),
        sa.Column("extension_id", sa.String(length=36), nullable=True),
        sa.Column("qr_payload_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("activation_code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("qr_index", sa.LargeBinary(length=32), nullable=True),
        sa.Column("codes_expire_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("card_number", sa.String(length=64), nullable=True),
        sa.Column("card_issued_on", sa.Date(), nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_token", sa.String(length=36), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column(
            "attention",
            sa.Enum(
                "lost_at_ministry",
                "other_person",
                "other_codes",
                "codes_of_another_order",
                name="attention_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(status = 'ready') = (qr_payload_sealed IS NOT NULL) AND (status = 'ready') = (activation_code_sealed IS NOT NULL)",
            name=op.f("ck_orders_codes_only_while_ready"),
        ),
        sa.CheckConstraint(
            "status <> 'ready' OR codes_expire_at IS NOT NULL", name=op.f("ck_orders_codes_expire")
        ),
        sa.CheckConstraint(
            "(lease_token IS NULL) = (leased_until IS NULL)", name=op.f("ck_orders_lease_is_whole")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_orders_version_counts")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolments.id"], name=op.f("fk_orders_enrolment_id")),
        sa.ForeignKeyConstraint(
            ["extension_id"], ["card_extensions.id"], name=op.f("fk_orders_extension_id")
        ),
        sa.ForeignKeyConstraint(["photo_sha256"], ["photos.sha256"], name=op.f("fk_orders_photo_sha256")),
        sa.ForeignKeyConstraint(["student_id"], ["students.id"], name=op.f("fk_orders_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("qr_index", name=op.f("uq_orders_qr_index")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_orders_status_at_ministry_due_at"),
            ["status", "at_ministry", "due_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_orders_student_id_placed_at"), ["student_id", "placed_at"], unique=False
        )
        batch_op.create_index(
            "uq_orders_one_document",
            ["student_id"],
            unique=True,
            sqlite_where=sa.text("status = 'collected'"),
            postgresql_where=sa.text("status = 'collected'"),
        )
        batch_op.create_index(
            "uq_orders_one_open",
            ["student_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('waiting', 'in_progress', 'ready')"),
            postgresql_where=sa.text("status IN ('waiting', 'in_progress', 'ready')"),
        )

    op.create_table(
        "attempts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "submit",
                "look_up",
                "withdraw",
                "clarify",
                "nothing",
                name="step_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "at_ministry_before",
            sa.Enum(
                "absent",
                "uncertain",
                "present",
                "kept",
                "gone",
                name="before_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "step IN ('submit', 'withdraw')", name=op.f("ck_attempts_steps_that_change_something")
        ),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (outcome IS NULL)", name=op.f("ck_attempts_finished_with_an_outcome")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_attempts_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempts_order_id"), ["order_id"], unique=False)

    op.create_table(
        "order_events",
        sa.Column("order_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "from_status",
            sa.Enum(
                "waiting",
                "in_progress",
                "ready",
                "collected",
                "codes_expired",
                "error",
                "cancelled",
                "revoked",
                "superseded",
                "expired",
                name="from_status_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_status",
            sa.Enum(
                "waiting",
                "in_progress",
                "ready",
                "collected",
                "codes_expired",
                "error",
                "cancelled",
                "revoked",
                "superseded",
                "expired",
                name="to_status_known",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("batch_id", sa.String(length=36), nullable=True),
        sa.Column("request_id", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_order_events_batch_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_events_order_id")),
        sa.PrimaryKeyConstraint("order_id", "version", name=op.f("pk_order_events")),
    )


def downgrade() -> None:
    op.drop_table("order_events")
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_order_id"))

    op.drop_table("attempts")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_orders_one_open",
            sqlite_where=sa.text("status IN ('waiting', 'in_progress', 'ready')"),
            postgresql_where=sa.text("status IN ('waiting', 'in_progress', 'ready')"),
        )
        batch_op.drop_index(
            "uq_orders_one_document",
            sqlite_where=sa.text("status = 'collected'"),
            postgresql_where=sa.text("status = 'collected'"),
        )
        batch_op.drop_index(batch_op.f("ix_orders_student_id_placed_at"))
        batch_op.drop_index(batch_op.f("ix_orders_status_at_ministry_due_at"))

    op.drop_table("orders")
    with op.batch_alter_table("card_extensions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_card_extensions_once",
            sqlite_where=sa.text("undone_at IS NULL"),
            postgresql_where=sa.text("undone_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_card_extensions_student_id"))
        batch_op.drop_index(batch_op.f("ix_card_extensions_batch_id"))

    op.drop_table("card_extensions")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_expires_at"))
        batch_op.drop_index(batch_op.f("ix_sessions_account_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_subject_kind_subject_id"))
        batch_op.drop_index(batch_op.f("ix_journal_at"))

    op.drop_table("journal")
    op.drop_table("batches")
    with op.batch_alter_table("enrolments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_enrolments_student_id"))
        batch_op.drop_index(batch_op.f("ix_enrolments_faculty_programme_year_group_name"))

    op.drop_table("enrolments")
    with op.batch_alter_table("els_cards", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_els_cards_one_valid",
            sqlite_where=sa.text("void_on IS NULL"),
            postgresql_where=sa.text("void_on IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_els_cards_student_id"))

    op.drop_table("els_cards")
    op.drop_table("accounts")
    with op.batch_alter_table("students", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_students_sort_name"))

    op.drop_table("students")
    with op.batch_alter_table("sign_in_throttles", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_throttles_window_began_at"))

    op.drop_table("sign_in_throttles")
    op.drop_table("photos")
    op.drop_table("ministry_health")
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_runs_job_started_at"))

    op.drop_table("job_runs")
    op.drop_table("deployment")
