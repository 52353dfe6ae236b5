"""Web chat: the visitors of our sites and what stands in their conversations.

This house is the network here, so it keeps what a network would: who a visitor is, the lines both
sides have written, the files. Refuses to know cases, agents or clocks: those come by the raw
deliveries that the gateway keeps, as from any other network.
"""
