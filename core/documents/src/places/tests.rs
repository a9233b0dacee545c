use super::{SEARCH_MAX_RESULTS, communes, name, provinces, search};
use crate::{Lang, Place};

fn names(text: &str) -> Vec<String> {
    search(text)
        .iter()
        .map(|found| name(&found.place, Lang::Vi))
        .collect()
}

fn first(text: &str) -> Option<String> {
    names(text).into_iter().next()
}

#[test]
fn the_list_is_whole() {
    assert_eq!(provinces().len(), 34);
    let all: Vec<_> = provinces()
        .iter()
        .flat_map(super::Province::communes)
        .collect();
    assert_eq!(all.len(), 3321);
    let mut codes: Vec<_> = all.iter().map(|commune| commune.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 3321);
    for commune in all {
        let place = Place::Commune {
            province: "01".into(),
            commune: commune.code().into(),
        };
        assert!(place.is_well_formed());
        assert!(!commune.name().is_empty());
    }
    assert_eq!(communes("08").len(), 124);
    assert_eq!(communes("01").len(), 126);
    assert!(communes("99").is_empty());
}

#[test]
fn provinces_stand_in_the_order_in_which_people_look() {
    let names: Vec<_> = provinces().iter().map(super::Province::name).collect();
    assert_eq!(names.first(), Some(&"An Giang"));
    assert_eq!(names.last(), Some(&"Vĩnh Long"));
}

#[test]
fn names_are_said_as_people_say_them() {
    let ba_dinh = Place::Commune {
        province: "01".into(),
        commune: "00004".into(),
    };
    assert_eq!(name(&ba_dinh, Lang::Vi), "Phường Ba Đình, Hà Nội");
    assert_eq!(name(&ba_dinh, Lang::En), "Ba Đình Ward, Hanoi City");
    assert_eq!(name(&Place::Province("08".into()), Lang::Vi), "Tuyên Quang");
    assert_eq!(name(&Place::Moving, Lang::Vi), "Đang trên đường đi");
    assert_eq!(name(&Place::Abroad, Lang::En), "Abroad");
}

#[test]
fn a_place_from_a_newer_list_still_says_what_is_known() {
    let merged = Place::Commune {
        province: "01".into(),
        commune: "99999".into(),
    };
    assert_eq!(name(&merged, Lang::Vi), "99999, Hà Nội");
    assert_eq!(name(&Place::Province("98".into()), Lang::Vi), "98");
}

#[test]
fn a_volunteer_without_a_vietnamese_keyboard_finds_her_commune() {
    assert_eq!(first("ba dinh").as_deref(), Some("Phường Ba Đình, Hà Nội"));
    assert_eq!(first("BA ĐÌNH").as_deref(), Some("Phường Ba Đình, Hà Nội"));
    assert!(names("dong van").contains(&"Xã Đồng Văn, Tuyên Quang".to_owned()));
    assert_eq!(first("lao cai").as_deref(), Some("Lào Cai"));
    assert_eq!(first("d'ran").as_deref(), Some("Xã D'Ran, Lâm Đồng"));
}

#[test]
fn the_former_province_leads_to_the_one_that_it_became_part_of() {
    let found = search("ha giang");
    let province = found
        .iter()
        .find(|one| one.place == Place::Province("08".into()));
    assert_eq!(province.and_then(|one| one.former), Some("Hà Giang"));
    assert_eq!(first("Hà Giang").as_deref(), Some("Tuyên Quang"));
    assert_eq!(first("binh duong").as_deref(), Some("Hồ Chí Minh"));
    // Its ward comes first, and the former province that had its name is there.
    assert_eq!(
        first("vung tau").as_deref(),
        Some("Phường Vũng Tàu, Hồ Chí Minh")
    );
    assert!(names("vung tau").contains(&"Hồ Chí Minh".to_owned()));
    assert_eq!(first("hoa binh").as_deref(), Some("Phú Thọ"));
    assert_eq!(
        search("Tuyên Quang").first().and_then(|one| one.former),
        None
    );
}

#[test]
fn a_name_that_many_communes_have_is_narrowed_by_the_province() {
    let everywhere = names("tan phu");
    assert!(everywhere.len() > 1);
    let narrowed = names("tan phu ho chi minh");
    assert!(!narrowed.is_empty());
    assert!(
        narrowed.iter().all(|one| one.ends_with("Hồ Chí Minh")),
        "{narrowed:?}"
    );
    // The former province narrows too.
    assert_eq!(names("dong van ha giang"), ["Xã Đồng Văn, Tuyên Quang"]);
}

#[test]
fn a_search_is_bounded_and_nonsense_finds_nothing() {
    assert!(search("").is_empty());
    assert!(search(" .,- ").is_empty());
    assert!(search("xyzzy").is_empty());
    assert_eq!(search("t").len(), SEARCH_MAX_RESULTS);
    assert!(search(&"ha noi ".repeat(100_000)).len() <= SEARCH_MAX_RESULTS);
}
