"""Classifiers of codes and features, fitted from scratch: used in training and in evaluation alike.

linear          linear SVMs and logistic regression for all attributes at once, and the choice of C
perceptron      a two-layer perceptron: it finds what no hyperplane finds
"""
