"""Tools: what an agent can look up and do in the brand's other systems, from the case.

Owns Service, Tool, ToolVersion, Lookup and ToolRun: where a system is, what may be asked of it and
done there, and every time somebody did. Refuses to act twice: an unknown outcome is looked up.
It knows no network and no screen, and gives no money that powers would not give.
"""
