"""Promises about time: calendars of opening hours, policies, and the clocks that run on them.

Owns Calendar, Policy, Clock, ClockEvent, Ask and Alarm: when a clock starts, when it is due,
whether it was met, and why. Both wall time and business time are kept on every closed clock.
Refuses to know who answers (routing), what a message means (triage) or how a reply travels
(outbound): it is handed message times and duties, and a network's timestamp of each answer.
"""
