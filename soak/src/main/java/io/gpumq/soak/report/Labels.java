package io.gpumq.soak.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds places for the labels of a drawing where no line and no other label is. */
final class Labels {
  /** How wide a digit is in the widest of the fonts that the page names. */
  private static final double DIGIT = 7.7;

  private static final double POINT = 4;
  private static final double ASCENT = 10;
  private static final double DESCENT = 2.5;
  private static final double DOT = 4;

  /** What a label keeps from lines and other labels. */
  private static final double GAP = 1.5;

  /** Where a label stands: the middle of its text, and its base line. */
  record Place(double x, double y) {}

  private record Box(double left, double top, double right, double bottom) {
    boolean meets(Box other) {
      return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }

    /** Whether a line from one point to another one to its right runs through. */
    boolean meets(double x1, double y1, double x2, double y2) {
      double from = Math.max(left, x1);
      double to = Math.min(right, x2);
      if (from > to) {
        return false;
      }
      double slope = x2 > x1 ? (y2 - y1) / (x2 - x1) : 0;
      double one = y1 + slope * (from - x1);
      double other = y1 + slope * (to - x1);
      return Math.min(one, other) < bottom && Math.max(one, other) > top;
    }
  }

  private record Segment(double x1, double y1, double x2, double y2) {}

  private final Box bounds;
  private final List<Segment> lines = new ArrayList<>();
  private final List<Box> taken = new ArrayList<>();

  /** Begins a drawing from a corner at the top left to one at the bottom right. */
  Labels(double left, double top, double right, double bottom) {
    this.bounds = new Box(left, top, right, bottom);
  }

  /** Notes a line that no label may stand on, its points from left to right, with a dot on each. */
  void line(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      taken.add(new Box(x[i] - DOT, y[i] - DOT, x[i] + DOT, y[i] + DOT));
      if (i > 0) {
        lines.add(new Segment(x[i - 1], y[i - 1], x[i], y[i]));
      }
    }
  }

  /** Notes a text that stands already. */
  void text(String words, double middle, double base) {
    taken.add(box(words, middle, base));
  }

  /**
   * Takes the best free place near a point.
   *
   * @param above whether the label is sooner to be looked for above its point than below
   * @return nothing where all is taken: a label that cannot be told from another says nothing
   */
  Optional<Place> take(String words, double x, double y, boolean above) {
    double half = width(words) / 2;
    var places = new ArrayList<Place>();
    for (double aside : new double[] {0, half / 2, half + DOT + GAP + 1}) {
      for (double base : new double[] {-8, -14, -20, -26, 4, 17, 23, 29, 35}) {
        places.add(new Place(x - aside, y + base));
        places.add(new Place(x + aside, y + base));
      }
    }
    places.sort(
        Comparator.comparingDouble(
            place -> {
              double up = y + 4 - place.y;
              boolean wrong = above ? up < 0 : up > 0;
              return Math.abs(up) + Math.abs(place.x - x) / 2 + (wrong ? 10 : 0);
            }));
    Optional<Place> free = places.stream().filter(p -> isFree(box(words, p.x, p.y))).findFirst();
    free.ifPresent(place -> text(words, place.x, place.y));
    return free;
  }

  private boolean isFree(Box box) {
    return box.left >= bounds.left
        && box.right <= bounds.right
        && box.top >= bounds.top
        && box.bottom <= bounds.bottom
        && taken.stream().noneMatch(box::meets)
        && lines.stream().noneMatch(line -> box.meets(line.x1, line.y1, line.x2, line.y2));
  }

  private static Box box(String words, double middle, double base) {
    double half = width(words) / 2 + GAP;
    return new Box(middle - half, base - ASCENT - GAP, middle + half, base + DESCENT + GAP);
  }

  private static double width(String words) {
    return words.chars().mapToDouble(c -> Character.isLetterOrDigit(c) ? DIGIT : POINT).sum();
  }
}
