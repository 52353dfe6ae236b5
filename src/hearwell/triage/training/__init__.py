"""How the shipped model is made and measured: labelled texts in, one small file of numbers out.

Pure of Django. Measuring needs numpy alone; fitting needs scikit-learn (the extra `train`).
"""
