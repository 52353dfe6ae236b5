"""What the migrations of the audit chain hash of a line; another format is another file."""

# jsonb has one text for one value; a time is a number, because as text it would follow the zone
# of the session.
DIGEST = """
    sha256(convert_to(jsonb_build_array(
        id, workspace_id, extract(epoch FROM at), actor_id, actor_name, action, target_kind,
        target_id, summary, before, after)::text, 'UTF8'))
"""
