//! Where the people of the cast spend their money. None of these exists.

use super::Both;
use super::chance::Ending;
use super::chance::Ending::{Fen, Half, Nine, Tenth, Whole};
use crate::ledger::Category::{
    self, Bills, Education, Food, Health, Housing, Leisure, Shopping, Transport,
};
use crate::ledger::MovementKind::{self, Bill, Card, Qr, Rent, Subscription};

/// Somebody who takes money for something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Merchant {
    pub(super) name: Both,
    pub(super) kind: MovementKind,
    pub(super) category: Category,
    /// The least one pays there, in minor units.
    pub(super) low: i64,
    /// The most one pays there, in minor units.
    pub(super) high: i64,
    pub(super) ending: Ending,
}

const fn at(
    en: &'static str,
    zh: &'static str,
    kind: MovementKind,
    category: Category,
    (low, high): (i64, i64),
    ending: Ending,
) -> Merchant {
    Merchant { name: Both { en, zh }, kind, category, low, high, ending }
}

pub(super) const METRO: Merchant =
    at("Jiangcheng Metro", "江城地铁", Qr, Transport, (300, 700), Whole);
pub(super) const BUS: Merchant = at("Jiangcheng Bus", "江城公交", Qr, Transport, (200, 200), Whole);
pub(super) const RAIL: Merchant =
    at("Intercity Rail Tickets", "城际铁路购票", Card, Transport, (7_300, 55_350), Half);
pub(super) const HOTEL: Merchant =
    at("Lakeside Inn", "湖畔客栈", Card, Leisure, (26_800, 88_000), Whole);
pub(super) const HOSPITAL: Merchant =
    at("Jiangcheng First Hospital", "江城市第一医院", Card, Health, (2_500, 68_000), Fen);
pub(super) const CANTEEN: Merchant =
    at("Jiangcheng University Canteen", "江城大学食堂", Qr, Food, (600, 2_200), Tenth);
pub(super) const TUITION: Merchant = at(
    "Jiangcheng University Bursar",
    "江城大学财务处",
    Bill,
    Education,
    (666_000, 666_000),
    Whole,
);
pub(super) const LANGUAGE_SCHOOL: Merchant =
    at("Sakura Language Classes", "樱语日语课堂", Subscription, Education, (1_200, 1_200), Fen);
pub(super) const CLOUD: Merchant =
    at("Northwind Cloud", "北风云", Subscription, Bills, (1_299, 1_299), Fen);
pub(super) const EBOOKS: Merchant =
    at("Papertrail Books", "纸迹书店", Card, Education, (499, 2_499), Fen);
pub(super) const TEA_CLUB: Merchant =
    at("Neighbourhood Dance Club", "社区舞蹈队", Qr, Leisure, (1_000, 3_000), Whole);

pub(super) const BREAKFAST: [Merchant; 4] = [
    at("Old Street Soy Milk", "老街豆浆", Qr, Food, (450, 1_200), Half),
    at("Grandma's Steamed Buns", "阿婆包子铺", Qr, Food, (400, 1_500), Half),
    at("Morning Light Convenience", "晨光便利店", Qr, Food, (650, 2_280), Tenth),
    at("Riverside Rice Noodles", "江边米粉", Qr, Food, (900, 1_800), Whole),
];

pub(super) const LUNCH: [Merchant; 7] = [
    at("Two Brothers Beef Noodles", "两兄弟牛肉面", Qr, Food, (1_800, 3_800), Whole),
    at("Green Bowl Light Meals", "青碗轻食", Qr, Food, (2_690, 4_890), Tenth),
    at("Tower B Staff Canteen", "B座员工餐厅", Qr, Food, (1_500, 2_800), Half),
    at("Spicy Tang Skewers", "唐家麻辣烫", Qr, Food, (1_900, 4_200), Fen),
    at("Hakka Claypot Rice", "客家煲仔饭", Qr, Food, (2_200, 3_600), Whole),
    at("Harbour Roast Goose", "港记烧鹅饭", Qr, Food, (2_800, 4_800), Whole),
    at("Family Dumplings", "一家人饺子馆", Qr, Food, (1_800, 3_600), Whole),
];

pub(super) const DRINKS: [Merchant; 4] = [
    at("Slow Bean Coffee", "慢豆咖啡", Qr, Food, (990, 2_800), Tenth),
    at("Plum Rain Tea", "梅雨茶饮", Qr, Food, (800, 2_200), Whole),
    at("Corner Espresso", "转角意式咖啡", Qr, Food, (1_500, 3_200), Whole),
    at("Snow Top Milk Tea", "雪顶奶茶", Qr, Food, (600, 1_900), Whole),
];

pub(super) const GROCERIES: [Merchant; 5] = [
    at("Fresh Lane Market", "鲜里生活", Qr, Food, (2_500, 18_000), Fen),
    at("Great Harvest Supermarket", "大丰收超市", Qr, Food, (3_000, 26_000), Fen),
    at("East Gate Wet Market", "东门菜市场", Qr, Food, (800, 7_500), Half),
    at("Little Whale Convenience", "小鲸便利", Qr, Food, (500, 4_500), Tenth),
    at("Uncle Zhou's Meat Stall", "老周鲜肉铺", Qr, Food, (1_800, 9_600), Half),
];

pub(super) const TAKEAWAY: [Merchant; 4] = [
    at("Quick Magpie Delivery", "喜鹊外卖", Qr, Food, (1_980, 6_800), Tenth),
    at("Night Owl Barbecue", "夜猫烧烤", Qr, Food, (3_800, 12_800), Whole),
    at("Stone Oven Pizza", "石窑披萨", Qr, Food, (3_900, 11_800), Nine),
    at("Chengdu Cold Noodles", "蓉城凉面", Qr, Food, (1_600, 3_800), Tenth),
];

pub(super) const DINNERS: [Merchant; 5] = [
    at("Red Lantern Hotpot", "红灯笼火锅", Card, Food, (12_800, 46_000), Whole),
    at("Bamboo Grove Kitchen", "竹里小厨", Card, Food, (9_800, 32_000), Whole),
    at("Tides Seafood", "潮声海鲜", Card, Food, (18_800, 68_000), Whole),
    at("Casa Verde", "绿屋西餐厅", Card, Food, (15_800, 52_000), Whole),
    at("Xinjiang Flavours", "西域风味馆", Card, Food, (8_800, 26_000), Whole),
];

pub(super) const ONLINE: [Merchant; 6] = [
    at("Magpie Mall", "喜鹊商城", Card, Shopping, (1_990, 89_900), Nine),
    at("Hundred Rivers Shop", "百川优选", Card, Shopping, (990, 26_900), Nine),
    at("Cotton House", "棉屋家居", Card, Shopping, (4_900, 39_900), Nine),
    at("Pixel Digital Store", "像素数码", Card, Shopping, (9_900, 189_900), Nine),
    at("Step by Step Shoes", "步步鞋城", Card, Shopping, (15_900, 69_900), Nine),
    at("Papertrail Books", "纸迹书店", Card, Shopping, (2_480, 16_800), Tenth),
];

pub(super) const RIDES: [Merchant; 3] = [
    at("Swift Ride", "飞燕出行", Qr, Transport, (1_080, 6_800), Fen),
    at("Jiangcheng Taxi", "江城出租车", Qr, Transport, (1_300, 7_200), Whole),
    at("Blue Kingfisher Bikes", "翠鸟单车", Qr, Transport, (150, 450), Half),
];

pub(super) const LEISURE: [Merchant; 5] = [
    at("Starlight Cinema", "星光影城", Card, Leisure, (3_990, 15_960), Tenth),
    at("Climbing Hall No. 9", "九号攀岩馆", Card, Leisure, (8_800, 16_800), Whole),
    at("Karaoke Box", "麦田量贩KTV", Card, Leisure, (9_800, 38_800), Whole),
    at("Jiangcheng Museum", "江城博物馆", Qr, Leisure, (2_000, 6_000), Whole),
    at("Puzzle Room", "谜屋剧本馆", Card, Leisure, (9_800, 19_800), Whole),
];

pub(super) const PHARMACIES: [Merchant; 3] = [
    at("Kindness Pharmacy", "仁和堂药房", Qr, Health, (1_250, 16_800), Tenth),
    at("Century Pharmacy", "百年大药房", Qr, Health, (980, 22_600), Tenth),
    at("Community Clinic", "社区卫生服务中心", Qr, Health, (500, 8_600), Fen),
];

pub(super) const STATIONERS: [Merchant; 3] = [
    at("Campus Print Shop", "校园图文店", Qr, Education, (100, 2_600), Tenth),
    at("Second-hand Textbooks", "旧书摊", Qr, Education, (800, 5_500), Whole),
    at("Ink and Paper", "墨香文具", Qr, Shopping, (350, 4_800), Half),
];

pub(super) const WHOLESALERS: [Merchant; 3] = [
    at(
        "Jiangcheng Fruit Wholesale Market",
        "江城果品批发市场",
        Qr,
        Shopping,
        (62_000, 124_000),
        Whole,
    ),
    at("Mountain Orchards Cooperative", "山里果园合作社", Qr, Shopping, (45_000, 98_000), Whole),
    at("Cold Chain Imports", "冷链进口果品", Qr, Shopping, (70_000, 138_000), Whole),
];

/// A bill that comes every month.
#[derive(Clone, Copy, Debug)]
pub(super) struct Monthly {
    /// The day of the month.
    pub(super) day: i8,
    /// Who sends it. Between its prices it follows the season: high in summer and winter.
    pub(super) merchant: Merchant,
}

const fn monthly(day: i8, merchant: Merchant) -> Monthly {
    Monthly { day, merchant }
}

pub(super) const LI_BILLS: [Monthly; 6] = [
    monthly(
        1,
        at("Sun Jianguo (rent)", "孙建国（房租）", Rent, Housing, (520_000, 520_000), Whole),
    ),
    monthly(5, at("Jiangcheng Power", "江城供电", Bill, Bills, (8_600, 38_000), Fen)),
    monthly(7, at("Jiangcheng Water", "江城自来水", Bill, Bills, (3_100, 5_900), Fen)),
    monthly(9, at("Jiangcheng Gas", "江城燃气", Bill, Bills, (2_400, 11_800), Fen)),
    monthly(12, at("Cloudline Mobile", "云线移动", Bill, Bills, (9_800, 9_800), Fen)),
    monthly(18, at("Cloudline Broadband", "云线宽带", Bill, Bills, (9_900, 9_900), Fen)),
];

pub(super) const LI_SUBSCRIPTIONS: [Monthly; 4] = [
    monthly(3, at("Lime Video", "青柠视频", Subscription, Leisure, (2_500, 2_500), Fen)),
    monthly(8, at("Cloud Ear Music", "云耳音乐", Subscription, Leisure, (1_500, 1_500), Fen)),
    monthly(14, at("Iron Lake Gym", "铁湖健身", Subscription, Health, (19_900, 19_900), Fen)),
    monthly(23, at("Cloudbox Storage", "云匣存储", Subscription, Bills, (2_100, 2_100), Fen)),
];

pub(super) const WANG_BILLS: [Monthly; 4] = [
    monthly(
        1,
        at(
            "Harvest Street Market Hall (rent)",
            "丰收街市场（店租）",
            Rent,
            Housing,
            (380_000, 380_000),
            Whole,
        ),
    ),
    monthly(6, at("Jiangcheng Power", "江城供电", Bill, Bills, (42_000, 128_000), Fen)),
    monthly(7, at("Jiangcheng Water", "江城自来水", Bill, Bills, (6_200, 9_800), Fen)),
    monthly(12, at("Cloudline Mobile", "云线移动", Bill, Bills, (12_800, 12_800), Fen)),
];

pub(super) const ZHAO_BILLS: [Monthly; 2] = [
    monthly(2, at("Cloudline Campus", "云线校园卡", Bill, Bills, (3_900, 3_900), Fen)),
    monthly(
        8,
        at("Cloud Ear Music (student)", "云耳音乐（学生）", Subscription, Leisure, (800, 800), Fen),
    ),
];

pub(super) const LIU_BILLS: [Monthly; 5] = [
    monthly(5, at("Jiangcheng Power", "江城供电", Bill, Bills, (5_200, 19_800), Fen)),
    monthly(7, at("Jiangcheng Water", "江城自来水", Bill, Bills, (2_200, 3_900), Fen)),
    monthly(9, at("Jiangcheng Gas", "江城燃气", Bill, Bills, (3_400, 16_800), Fen)),
    monthly(
        12,
        at("Cloudline Mobile (senior)", "云线移动（孝心卡）", Bill, Bills, (2_900, 2_900), Fen),
    ),
    monthly(
        15,
        at("Old Lane Property Management", "老巷物业", Bill, Housing, (12_600, 12_600), Fen),
    ),
];
