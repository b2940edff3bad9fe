package io.flotilla.house;

/// One place that breaks a rule, in the form that editors and people can jump to.
record Finding(String path, long line, String message) {
  @Override
  public String toString() {
    return path + ":" + line + ": " + message;
  }
}
