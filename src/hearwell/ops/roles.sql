-- The four roles of Hearwell. Safe to run again; needs a role that may create roles.
-- hearwell_owner    owns every table; migrations only, never a serving process
-- hearwell_definer  owns the few SECURITY DEFINER functions; cannot log in
-- hearwell_app      the web process: row-level security holds it to one workspace
-- hearwell_worker   the worker and the listener: hearwell_app and a little more
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hearwell_owner') THEN
    CREATE ROLE hearwell_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hearwell_definer') THEN
    CREATE ROLE hearwell_definer NOLOGIN BYPASSRLS;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hearwell_app') THEN
    CREATE ROLE hearwell_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hearwell_worker') THEN
    CREATE ROLE hearwell_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE INHERIT;
  END IF;
END $$;
GRANT hearwell_app TO hearwell_worker;
-- Migrations hand functions over to the definer, which takes membership.
GRANT hearwell_definer TO hearwell_owner;
