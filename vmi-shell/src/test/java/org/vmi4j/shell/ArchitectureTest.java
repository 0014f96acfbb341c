package org.vmi4j.shell;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Map;
import java.util.Set;

/** The arrows between modules. Here, since only the shell has every module on its path. */
@AnalyzeClasses(packages = "org.vmi4j", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String ROOT = "org.vmi4j.";

  /** For each module those that its classes may name; a driver is named by none. */
  private static final Map<String, Set<String>> ARROWS =
      Map.of(
          "api", Set.of(),
          "testkit", Set.of("api"),
          "profiles", Set.of("api"),
          "os", Set.of("api", "profiles"),
          "xenabi", Set.of("api"),
          "snapshot", Set.of("api", "xenabi"),
          "xen", Set.of("api", "xenabi"),
          "plugins", Set.of("api", "profiles", "os"),
          "shell", Set.of("api", "profiles", "os", "plugins"));

  @ArchTest
  static final ArchRule modulesFollowTheArrows =
      classes().that().resideInAPackage("org.vmi4j..").should(new FollowTheArrows());

  @ArchTest
  static final ArchRule apiNeedsNothingButTheJdk =
      classes()
          .that()
          .resideInAPackage(ROOT + "api..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("java..", ROOT + "api..");

  /** vmi-api's root package is the way in to its subpackages, which use its vocabulary. */
  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices()
          .matching(ROOT + "(**)")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(resideInAPackage(ROOT + "api"), alwaysTrue());

  private static final class FollowTheArrows extends ArchCondition<JavaClass> {
    FollowTheArrows() {
      super("name only classes of their own module and of those it may depend on");
    }

    @Override
    public void check(JavaClass from, ConditionEvents events) {
      String module = module(from);
      Set<String> allowed = ARROWS.get(module);
      if (allowed == null) {
        events.add(violated(from, from.getName() + " is in no known module"));
        return;
      }
      for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
        JavaClass to = dependency.getTargetClass().getBaseComponentType();
        if (!to.getPackageName().startsWith(ROOT)) {
          continue;
        }
        if (!module(to).equals(module) && !allowed.contains(module(to))) {
          events.add(violated(from, dependency.getDescription()));
        }
      }
    }

    private static String module(JavaClass of) {
      return of.getPackageName().substring(ROOT.length()).split("\\.", 2)[0];
    }
  }
}
