-- Rights on tables that other packages made (their migrations know nothing of our
-- roles). Run by the owner after every migration; safe to run again. Our own tables
-- get their rights in their own migrations.
DO $$
DECLARE
  entry record;
BEGIN
  FOR entry IN
    SELECT relation.relname AS name, rights.app, rights.worker
    FROM (VALUES
      ('django\_session',      'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE'),
      ('django\_migrations',   'SELECT', 'SELECT'),
      ('django\_content\_type', 'SELECT', 'SELECT'),
      ('auth\_%',              'SELECT', 'SELECT'),
      ('account\_%',           'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE'),
      ('mfa\_%',               'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE'),
      ('usersessions\_%',      'SELECT, INSERT, UPDATE, DELETE', 'SELECT, INSERT, UPDATE, DELETE'),
      ('procrastinate\_jobs',   'SELECT, INSERT', 'SELECT, INSERT, UPDATE, DELETE'),
      ('procrastinate\_events', 'SELECT, INSERT', 'SELECT, INSERT, UPDATE, DELETE'),
      ('procrastinate\_%',      'SELECT', 'SELECT, INSERT, UPDATE, DELETE')
    ) AS rights(pattern, app, worker)
    JOIN pg_class AS relation ON relation.relname LIKE rights.pattern
    WHERE relation.relkind IN ('r', 'p') AND relation.relnamespace = 'public'::regnamespace
  LOOP
    EXECUTE format('GRANT %s ON %I TO hearwell_app', entry.app, entry.name);
    EXECUTE format('GRANT %s ON %I TO hearwell_worker', entry.worker, entry.name);
  END LOOP;
END $$;
-- Backups are read through this role: it sees the rows of every workspace.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO hearwell_definer;
GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO hearwell_definer;
