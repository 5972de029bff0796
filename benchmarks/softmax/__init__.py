"""How soon softmax regression is at its optimum, beside scikit-learn and others."""
