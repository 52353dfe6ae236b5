"""Hindi in Latin letters, as most of India types it to a company. Form as in ``cues``.

The spelling is free: the commonest ones are here, mixed with English as people mix it.
"""

from __future__ import annotations

from typing import Final

from hearwell.triage.cues import CueTable

TROUBLE: Final[CueTable] = {
    "hi-Latn": """
        kaam nahi, kam nahi, kaam nhi, kam nhi, nahi chal, nhi chal, nahi chalta, nhi chalta,
        chal nahi raha, chal nhi rha, nahi aaya, nhi aaya, nahi aya, nhi aya, nahi aayi, nhi
        aayi, nahi mila, nhi mila, nahi mili, nhi mili, nahi milta, abhi tak nahi, abhi tak nhi,
        abtak nahi, nahi hua, nhi hua, nahi ho raha, nhi ho rha, nahi ho rahi, koi jawab nahi,
        koi reply nahi, koi response nahi, jawab nahi, kharab*, khrab*, bekar*, bekaar*,
        ghatiya*, ghatia, ghatiyaa, bakwas*, bakwaas*, wahiyat*, tuta*, toota*, tooti, galat*,
        galti, dhokha, dhoka, thagi, thug, loot*, chor, choron, fraud, paise kat*, paisa kat*,
        paise wapas, paisa wapas, refund nahi, pareshan*, pareshaan*, dikkat*, samasya, gussa,
        ganda, gandi, sharam*, besharam, jhooth*, jhuth*, jhoot*, bewakoof*, bevkoof*, time
        waste, late ho, der ho, kab tak, kitni baar, baar baar, phir se, fir se, band ho gaya,
        band hai, band kar diya, atka*, phans*, fas gaya
    """,
}
NEED: Final[CueTable] = {
    "hi-Latn": """
        madad, madat, help karo, help kare*, help kijiye, kripya, krpya, please kar*, pls kar*,
        kar do, kardo, kar dijiye, karwa do, bata do, batao, bataiye, btao, bta do, bataye*,
        chahiye, chaiye, chahie, mujhe chahiye, karna hai, krna hai, karna h, wapas karo, wapas
        kar*, cancel kar*, check kar*, dekho, dekhiye, call kar*, reply kar*, jaldi kar*, kaise
        kar*, kese kar*, kya kare*, kya karu*
    """,
}
PRAISE: Final[CueTable] = {
    "hi-Latn": """
        accha*, acha, achha*, achi, acchi, bahut badhiya, badhiya*, badiya*, bdiya, mast,
        zabardast, jabardast, kamaal*, kamal ka, shandar*, shaandar*, lajawab, sundar, pyara,
        pyari, khush*, maza aa*, mazaa*, dil jeet*, dil khush, best hai, sahi hai, waah, wah, op
        bhai
    """,
}
THANKS: Final[CueTable] = {
    "hi-Latn": """
        dhanyavad*, dhanyawad*, dhanyavaad*, dhanywad*, shukriya*, shukria, sukriya, aabhar,
        abhar, aapka dhanyavad, ho gaya thanks, mil gaya thanks, problem solve ho*, theek ho
        gaya, thik ho gaya
    """,
}
NEGATION: Final[CueTable] = {
    "hi-Latn": "nahi, nhi, nahin, nai, mat, bina, na, kabhi nahi, koi nahi",
}
CONTRAST: Final[CueTable] = {
    "hi-Latn": """
        lekin, par, magar, kyun, kyu, kyo, kab, kaise, kese, abhi, phir, fir, sirf, bas, agar
    """,
}
SAFETY: Final[CueTable] = {
    "hi-Latn": """
        aag, aag lag*, dhuan, dhua, dhuaan, dhamaka, blast ho*, phat gaya, fat gaya, phat gayi,
        current lag*, karant lag*, jal gaya, jal gayi, jal raha, jal gya, khoon, chot lag*,
        ghayal, zakhmi, jakhmi, zehar, zeher, jahar, behosh*, dil ka daura, heart attack,
        aspataal, aspatal, hospital, ambulance, saans nahi, sans nahi, khudkushi, khudkhushi,
        suicide, aatmahatya, atmahatya, marna chahta, marna chahti, mar jaunga, mar jaungi, jaan
        de dunga, jaan dedunga, jaan se maar*, dhamki, khatra, khatre, gas leak
    """,
}
PRESSING: Final[CueTable] = {
    "hi-Latn": """
        turant, jaldi se jaldi, jaldi, abhi ke abhi, emergency hai, urgent hai, phans gaya,
        phans gaye, fas gaye, airport pe, airport par, station pe, station par, train chhut*,
        flight chhut*, ek ghante, aadhe ghante, account hack*, hack ho gaya, khata khali, otp,
        paise chori, paisa chori, card chori, chori ho gaya
    """,
}
CARE: Final[CueTable] = {
    "hi-Latn": """
        dawai, dawa, dava, bachcha, baccha, bacche, bachche, garbhvati, pregnant, buzurg, bimar,
        beemar
    """,
}
TODAY: Final[CueTable] = {
    "hi-Latn": "aaj, aj, aaj raat, kal, abhi, ghante, ghanta",
}
IDEA: Final[CueTable] = {
    "hi-Latn": """
        sujhav, suggestion hai, aisa karo, add kar do, add karo, hona chahiye, hota to accha,
        kaash, kash
    """,
}
PREPURCHASE: Final[CueTable] = {
    "hi-Latn": """
        kitne ka, kitne ki, kitna hai, kitna price, kimat, keemat, daam, rate kya, price kya,
        kya price, milega kya, kab milega, kaha milega, kahan milega, available hai, stock me,
        kharidna, lena hai, emi
    """,
}
SPAM: Final[CueTable] = {
    "hi-Latn": """
        paise kamao, paisa kamao, ghar baithe, follow karo, subscribe karo, link pe click, dp
        dekho
    """,
}
CHATTER: Final[CueTable] = {
    "hi-Latn": """
        namaste, namaskar, ram ram, jai hind, jai shri ram, hahaha*, hehe*, bhai bhai, kya haal,
        suprabhat
    """,
}
SMALL_WORDS: Final[CueTable] = {
    "hi-Latn": """
        hai, hain, hun, hoon, ka, ki, ke, ko, mein, mera, meri, mere, mujhe, hum, humne, humara,
        aap, aapka, aapke, aapki, ap, apka, tum, tumhara, ye, yeh, wo, woh, kya, kyu, kyun, kyo,
        kab, kaise, nahi, nhi, nahin, raha, rahi, rahe, rha, rhi, rhe, gaya, gayi, gaye, kar,
        karo, kiya, kuch, koi, bhi, aur, par, toh, abhi, tak, bahut, bhut, bohot, sab, liye,
        wala, wali, yaar, bhai, hua, hui, diya, jab, agar, ab, apna, apne, sirf, bhaiya
    """,
}
# Words that a question begins with.
ASKING: Final = "kya, kab, kaise, kese, kahan, kaha, kitna, kitne, kitni, kyun, kyu, kyo, kaun, kon"
