//! What the README says about the settings is what the settings are.

use server::config::SETTINGS;

const READMES: [&str; 2] = [
    include_str!("../../../README.md"),
    include_str!("../../../README.zh-CN.md"),
];

#[test]
fn every_setting_is_in_both_readmes_with_its_default() {
    for setting in SETTINGS {
        let default = match setting.default {
            "" => String::new(),
            text => format!("`{text}`"),
        };
        let line = format!("| `{}` | {default} | ", setting.name);
        for readme in READMES {
            assert!(readme.contains(&line), "no line begins with: {line}");
        }
    }
}

#[test]
fn the_readme_knows_no_setting_that_is_gone() {
    for readme in READMES {
        let table = readme
            .lines()
            .skip_while(|line| !line.starts_with("| setting |") && !line.starts_with("| 设置 |"))
            .skip(2)
            .take_while(|line| line.starts_with("| `"));
        let mut rows = 0;
        for line in table {
            let name = line.trim_start_matches("| `").split('`').next();
            assert!(
                SETTINGS.iter().any(|setting| Some(setting.name) == name),
                "{line}"
            );
            rows += 1;
        }
        assert_eq!(rows, SETTINGS.len());
    }
}

#[test]
fn the_english_readme_says_what_the_program_says() {
    for setting in SETTINGS {
        assert!(
            READMES[0].contains(&format!("| {} |", setting.about)),
            "{}",
            setting.about
        );
    }
}
