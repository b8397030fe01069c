"""Words that tell a person's name from other words with a capital: what is no name, what may be one, first names."""

_WORDS = """
a an and any are as at be because been both but by can could did do does during each either every few for from had has
have he her here hers him his how however i if in into is it its many me might more most must my neither no nobody
none nor not now of on once one only or other our out over several shall she should since so some somebody such than
that the their them then there these they this those though through to together too two three four five six seven
eight nine ten under until up upon us very was we were what when where whether which while who whom whose why with
within without would yes yet you your after again against all almost along already also although always among another
before behind below beside between beyond despite down even ever first second third last next never off often perhaps
quite rather recently soon still born later following therefore thus hence meanwhile additionally furthermore moreover
subsequently eventually nevertheless nonetheless finally consequently unfortunately sadly clearly having being given
based according prior

january february july september october november december jan feb mar apr jun jul aug sep sept oct nov dec monday
tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun easter christmas lent
eid ramadan

mr mrs ms miss mx dr drs prof professor sir dame lord lady baroness rev revd rev'd reverend cllr councillor honour hon
honourable right justice judge recorder chancellor majesty queen’s king’s pc pcs dc dcs ds di dci pcso supt sgt insp
det wpc cdr acc dcc constable constables sergeant inspector superintendent detective commander commissioner acting
temporary sister nurse nurses midwife midwives matron doctor doctors gp gps fr canon rabbi messrs physiotherapist
physiotherapists radiologists pathologists lecturers tutors mentors pharmacists paramedics surgeons dentists
psychologists psychiatrists therapists registrars consultants solicitors barristers coroners magistrates interpreters
chaplains vicars priests bishop gov wkr wkrs mgr mgrs tchr tchrs solr solrs reg cons cleaner driver
technician tech specialists caller applicant complainant perp nbr escort escorts off grandma granddad
grandpa mam alias nominal signed countersigned hi hello hiya box hub sch d.o.b d.o.d stepdad stepmum step-dad step-mum
granny madam allah childline samaritans afro-caribbean romani mo fa year years boxing great-aunt great-uncle
non-molestation post-mortem colleague colleagues
orthopaedic orthopaedics cardiology neurology oncology obstetrics gynaecology paediatrics anaesthetist dermatology
ophthalmology radiology audiology haematology psych paed paeds councillors advocate advocates
keyworker keyworkers caseworker assistants lodger lodgers
friend friends babysitter man woman men suspect offender offenders attorney nursery consultant registrar paediatrician
paediatricians psychiatrist psychologist therapist surgeon dentist pharmacist paramedic practitioner practitioners
physician radiologist pathologist obstetrician health visitor visitors worker workers social carer carers fosterer
adopter childminder teacher teachers headteacher deputy assistant senco governor governors mentor tutor lecturer
principal solicitor barrister counsel guardian coroner magistrate officer officers manager managers director directors
chair chairs chairman chairwoman chairperson author authors reviewer reviewers lead leader leads member members chief
executive executives secretary clerk coordinator co-ordinator adviser advisor administrator supervisor employer
independent allocated named designated senior junior trainee student qualified newly approved specialist professional
professionals staff team teams agency agencies landlord tenant neighbour caller referrer informant witness interpreter
priest vicar imam pastor chaplain hv sw fsw iro lado ta dsl cp sho rmn rgn sen ehcp nspcc cafcass camhs cpn ssw

child children child’s children’s baby babies infant infants toddler boy girl boys girls person persons people
people’s adult adults youth twins twin sibling siblings half-sibling mother father mother’s father’s mum dad mgm mgf
pgm pgf parent parents stepfather stepmother step-father step-mother partner partners grandmother grandfather
grandparent grandparents nan nana gran grandad aunt auntie uncle cousin cousins brother brothers sisters son sons
daughter daughters nephew niece wife husband boyfriend girlfriend family families household subject victim perpetrator

abuse abusive academy act action addiction address admission admissions adoption advice advisory after-care age aged
alcohol allegation allegations ambulance analysis annual antenatal anti-social apgar apologies appeal appendix
appointment area article assembly assessed assessment assessments association attendance audit authorities authority
awareness award background barnardo’s benefit benefits bill birth board board’s boards body borough branch briefing
british bruise bruising bureau business cabinet care case cases category centre centres charity chronology city civic
civil clinic clinical college commission commissioning committee common communication community complaint complaints
concern concerns conclusion conclusions conduct conference consent constabulary contact contacts contents context
coordination core corporate council councils counselling country county court crime criminal crisis crown curriculum
custody data date dear decision delivered delivery department development diary dieticians disability disclosure
discussion district division domestic draft drug drugs duties duty early education educational ehm emergency emotional
england enquiries enquiry entry equality estate europe european event evidence examination exclusion exclusions expert
facebook facts female final finding findings focus form former foster foundation framework free full fund funding
further future gender general gillick government grammar group groups guidance guidelines harm health-care healthcare
hearing help high higher history home homes hospital hospitals housing human hygiene identifying immigration impact
improving improvement incident incidents indicators individual induction infirmary information initial inquest inquiry
instagram instructions integrated intelligence interim internal internet interview interviews introduction
investigation investigations ireland irish issues joint judgment key kingdom language learning leaflet legal lessons
letter level liaison licence life likely limited line list living local log london looked low magistrates’ male
management marac mappa mash maternity medical medication medicine meeting meetings mental methodology midwifery
minister ministry minor minutes missing model multi-agency national need needs neglect neonatal network nhs night note
notes notice number nursing objectives occupational office ofsted operational operations order orders organisation
organisational outcome outcomes outreach overview panel paper paragraph parental parenting parish parliament part
partnership partnerships patient payment perinatal period personal phase physical pilot place placement placements
plan planning plans playgroup police policies policy population postnatal practice pre-birth pregnancy prevention
preventive previous primary prison privacy private probation procedure procedures process profession profile programme
project projects protection protocol protocols provider providers provision psychiatric psychology public publication
published pupil purpose quality quarter question questions racial recommendation recommendations record records
recovery reference referral referrals refuge regional register registration regulation regulations rehabilitation
relationship report reports representation request research residence residential resolution resource resources
response responsibilities responsibility result review reviews rights risk risks road room royal rule rules safe
safeguarding safety scheme school schools science scotland scottish screening scrutiny secondary section secure
security self-harm sent serious service services sex sexual signs sincerely faithfully sixth skills sobriety society
solutions source special speech stage standard standards start state statement station status statutory strategic
strategies strategy strengths structure substance suicide summary supervision support sure surgery surname forename
name names suspected system systems table tac taf task teaching technical telephone tel terms test themes theory
therapy threshold thresholds timeline timescale title today tools training transition treatment trust trusts type unit
united universal universities university update vaccination version village violence violent visit visits voice
voluntary vulnerable wales warning welfare welsh whole wishes women women’s working workforce youth’s zone asian
african polish romany traveller muslim sikh hindu jewish catholic caribbean eastern pakistani indian bangladeshi
albanian american anglican anybody anyone arabic australian austrian belgian bengali brazilian buddhist bulgarian
canadian chinese congolese czech danish dutch egyptian eritrean ethiopian everybody everyone everything filipino
gambian german ghanaian greek gujarati gypsy hindi hungarian iranian iraqi israeli italian jamaican japanese kenyan
kosovan kurdish lebanese libyan malaysian methodist moroccan mosque neighbours nepalese norwegian nothing portuguese
punjabi relatives russian rwandan serbian slovak slovakian someone something sudanese swedish swiss syrian tamil
tanzanian thai tunisian turkish ugandan ukrainian urdu vietnamese yemeni zimbabwean
nigerian somali romanian latvian lithuanian northern southern western central greater upper lower new old great

idva isva ewo amhp sio oic flo yot mufti sheikh ald sr dsgt con hhj dj retd retired emeritus detectives sergeants
inspectors dietitian dietitians dietician counsellor counsellors receptionist receptionists nanny nannies caretaker
coach coaches imams pastors rabbis au pair

obe mbe cbe qc kc qpm jp mp phd msc ba bsc frcp frcpch mrcp imr imrs scr scrs lscb lac ccg pct cin cpr icpc rcpc dob
dna icq a&e ed nfa edd bst gmt dwp cps csc edt dfe doh gdc nmc gmc hcpc sudi sids dv da fgm cse ehc lea la ni nino uk
usa eu plo ico epo hmp hmrc id pin tv dvd cctv sim ref re cc fao pt pt’s

ask asked attended called chased contacted declined described discharged discussed escalated failed felt gave informed
knew left made moved noted phoned rang reported said saw seen spoke stated told took visited went wrote check thank
thanks yours present absent confirmed agreed advised account
"""

NOT_NAMES = frozenset(_WORDS.replace("’", "'").split())
"""In lower case, with straight apostrophes.

Words of grammar, months and days, titles and ranks, callings, family and what a review calls children, agencies, courts
and laws, the headings of reports, abbreviations, and the verbs that follow a name in notes written in capitals.
"""
DATES = frozenset(["may", "april", "june", "august", "jan"])
"""Months that are first names as well: once seen as a name they are not carried on through the document."""

_EITHER = """
abbott amber angel april archer asia august aurora autumn baker ball bank banks barber baron barrow bear bell best
bird bishop black blessing blue bond booth brook brooks brown burn burns bush camp cannon carpenter carter chambers
chase christian church cook cooper cross crystal daisy dale dawn day deacon dean destiny don dot drew duke earl east
ebony eden ember english eve faith field fields fisher fleet force ford forest fox frank french frost gardner garland
gates gold good grace grant gray green grey grove guy hall hand harmony harper hart haven hawk hay hazel head heath
hill holly hook hope house hunter hyacinth iris ivy jack jan jewel joy june kane kay key king kirk knight lake lamb
lance lane law leaf lily lincoln little long low main major march mark marsh marshall mason may meadow melody milan
miles miller moody moon moses moss newman nightingale noble noon north nova oakley olive pace page palmer park parker
pat patience pearl penny pepper phoenix piper pool poole pope poppy porter post potter precious preston price primrose
prince prudence ray read reed reeves rich ridge river rivers rob robyn rock rod roma rose rowan ruby rush sage sandy
sapphire savage savannah scout serenity sharp shepherd shore short silver singer sky smith snow sol south sparrow
spring steel sterling stone storm story street strong sue summer sunny sweet swift taylor temple thorn todd tower town
trinity turner underwood vale vine violet walker wall ward waters webb weeks well wells west white wild will willow
winner winter winters wise wolf wood woods woody work wren wright york young
"""
WORDS_AND_NAMES = frozenset(_EITHER.split())
"""Ordinary words that are names as well: a name beside another name or behind a title, else a word."""

_GIVEN = """
aaliyah aarav aaron abbie abby abdi abdul abdullah abdullahi abel abena abi abigail abiola abraham abu ada adam ade
adeel adele adeola adil adrian adunni afua agata agatha agnes agnieszka ahmad ahmed ahmet aida aidan aiden aileen
ailsa aimee aisha aisling ajay akosua akua alan alana alasdair albert albie alec aled alejandro aleksander aleksandra
alessia alex alexa alexander alexandra alexis alf alfie alfonso alfred ali alia alice alicia alina alisha alison
alistair aliyah allan allison alma alyssa amal amanda amara amari amaya amber amelia amelie amina aminata amir amit
amy ana anastasia anastazja anders andre andrea andreea andrei andrew andriy andrzej andy aneta aneurin angel angela
angelina angharad angus ania aniela anil anita anjali ann anna annabel annalise anne annette annie anthony anton
antoni antonia antonio anwar anwen anya april arabella archie aria ariana arif arjun arlene arlo arran arthur artur
arwen arya asha ashanti ashley ashton asia asif asma athena audrey aurelia austin ava avery avril ayaan ayden ayesha
ayla aylin ayomide ayse azaan azra babatunde babs bahar bailey barbara barnaby barry bartosz beata beatrice beatrix
becca becky belinda bella ben benedict benjamin benji bernadette bernard bernice bert bertha beryl bessie beth bethan
bethanie bethany beti betty bev beverley bilal bill billie billy blake bleddyn blerim blessing blodwen bob bobbi bobby
bogdan bohdan bola bonnie brad bradley brandon brenda brendan brendon brett brian bridget briony brodie brody brogan
bronte bronwen brooke bruce bryan bryony bukola byron cadi cai caitlin caleb callie callum cameron camilla camille
cara caradog carina carl carla carly carmen carol carole caroline carolyn carrie carys casey caspar cassandra cassidy
cassie cath cathal catherine cathy catriona cecil cecilia celia celine ceri cerys chad chandra chantal chantel
chantelle charlene charles charlie charlotte chelsea cherie cheryl cheyenne chidera chidi chinedu chinwe chioma chloe
chloë chris chrissie christian christina christine christopher christy ciara ciaran cicely cindy claire clara clare
clarice claude claudette claudia clement clementine cleo clifford clive clodagh coby cody colette colin colleen colm
connie connor conor constance cora corey corinne cormac corwin courtney craig curtis cuthbert cynthia cyril dafydd dai
daisy damian damien damon dan dana daniel daniela daniella danielle danny dante danuta daphne darcey darcie darcy
daria darius dariusz darko darren darryl daryl dave david davina dawid dawit dawn deacon dean deb debbie deborah debs
declan dee deepa deepak deirdre delia delilah delphine delroy delyth demi denise dennis denzel deon derek dermot
desmond destinee dev devon dexter diana diane dilan dilys dimitri dina dionne dom dominic dominik dominika donal
donald donna donnie donovan dora doreen doris dorota dorothy dougie douglas dulcie duncan dwayne dylan eamon eamonn
ebonie ebony eddie eddy edgar edie edith edmund edna edona edward edwin efua eileen eilidh eira eirlys elaine eleanor
elen elena eleri eli elif elijah elin elira elise elissa eliza elizabeth ella ellen ellie elliot elliott ellis elma
elodie eloise elsa elsie elspeth elvira emanuel emeka emil emilia emily emma emmanuel emmeline emre emrys ena enda
enid enoch enzo eoghan eren eric erica erik erin ernest ernestine ernie esmae esmay esme esmé esra ester esther ethan
ethel ettie eugene eunice eva evan evangeline eve evelyn evie ewa ewan ewelina ezekiel ezra fabian fahad faisal faith
farah farhan farida farzana fatema fatiha fatima fatmata fatou fatoumata fay faye felicity felix femi fergus ffion
finlay finley finn fiona fionn fionnuala flora florence florin florrie folasade fran frances francesca francesco
francine francis frank frankie franklin fraser fred freda freddie frederick freya gabby gabriel gabriela gail gareth
gary gaurav gavin gaynor gaz gemma genevieve geoff geoffrey george georgia georgie georgina gerald geraldine gerard
gerry gertie gertrude gethin ghazala gilbert giles gillian gilly gina ginny gino giovanni gladys glen glenda glenn
gloria glyn glynis godfrey gordon gosia grace gracie graciela graeme graham grainne grant greg gregor gregory greta
grzegorz gurdeep gurpreet guy gwen gwenda gwendolen gwenllian gwilym gwyn gwyneth habib habiba hadiya haf hafsa halima
hallie hamid hamish hamza hamzah hana hanan hanna hannah hao hari harjit harley harold haroon harper harpreet harri
harriet harrison harry harvey hasan hasina hassan hattie hayley hazel heather hector heidi heledd helen helena helga
henry henryk herbert hermione hetty hiba hilary hilda hollie holly hope horace howard hubert huda hugh hugo humaira
humphrey husna hussain hussein huw hyacinth hywel iain ian ibrahim ibtisam ida idowu idrees idris idwal iestyn ieuan
ifan ifeoma ifor ike ikram ilyas imaan imani imelda imogen imran ina inaya india indie indira ines ingrid innes ioan
ioana iona ionut iqbal iqra irene iris irma isaac isabel isabela isabella isabelle isaiah isha ishaan isla ismail
isobel isra ivan ivana ivanka ivo ivor ivy iwan iwona izaak izabella izzy jacek jack jackie jackson jacob jacqueline
jade jaden jagdeep jahid jai jaime jake jakub jamal jameel james jamie jamila jan jana jane janelle janet janice
janine jared jarek jaroslaw jarrod jas jasmin jasminder jasmine jason jasper jaswinder javid jax jaxon jaxson jay
jayda jaydan jayden jayla jaylen jayne jaz jean jeanette jed jeff jeffrey jemima jemma jen jenna jennifer jenny jensen
jeremy jermaine jerome jerry jesse jessica jessie jez jill jim jimmy jo joan joanna joanne joaquin jocelyn jodi jodie
joe joel joey john johnathan johnny jolanta jon jonah jonathan joni jonty jordan jordon josef joseph josephine josh
joshua josiah josie joy joyce jozef juan juanita jude judith judy jules julia julian juliana julie juliet june justin
justine justyna kabir kacey kacper kaden kai kalpana kamal kamaljit kamil kamila kamla kamran kane kara karen karim
karina karl karolina karthik kasey kasia katarzyna kate katelyn kateryna kath katherine kathie kathleen kathryn kathy
katie katrina katy kay kayden kayla kaylee kayleigh keane keelan keeley keenan kehinde keira keiran keisha keith kelly
kelly-anne kelsey kelvin ken kendra kenneth kenny kenzie keri kerry kev kevin keziah khadija khalid khalida kian kiera
kieran kieron kim kimberley kiran kirpal kirsten kirstie kirstin kirsty kitty klaudia kobe kofi kourtney kris kristian
kristina krystal krystian krzysztof kuldeep kurt kwabena kwame kwesi kyle kylie kyra lacey lachlan laila lakshmi lamar
lamin lana laney lara lateefah latisha latoya laura lauren laurence lauryn lawrence lawson layla leah leanna leanne
lee leighton leila len lena lennie lennon lennox leo leon leona leonard leonardo leonie leroy lesley leslie lesya
leticia levi lewis lexi lexie leyla liam lil lilian liliana lillian lillie lilly lily linda lindsay lindsey linton
lionel lisa livia livvy liz liza lizzie lleucu llinos llio lloyd logan lois lola lorenzo lorna lorraine lottie lou
louie louis louisa louise lowri luana luca lucas lucia lucian lucie lucinda lucjan lucy luis lukasz luke lula luljeta
luther lydia lyla lyle lyn lynda lyndsey lynette lynn lynne lynsey lynton lyra maariyah mabel macey maciej mackenzie
macsen macy maddie maddison madeleine madison maeve magda magdalena mags mahmood mahmoud mahnoor maia mair mairi
maisie maja malachi malachy malakai malcolm malgorzata malik malika mandy manjit manoj manon manuel manuela marc
marcel marcelo marcia marcin marco marcus marek margaret margot marguerite maria mariam mariama marian mariana marie
marilyn marina mario marion marius mariusz marjorie mark marlene marlon marta martha martin martina martyn marvin mary
maryam maryann marzena mason mateo mateusz mathew matilda matt matteo matthew mattie maud maude maureen maurice mavis
max maximus maxine maxwell maya mckenzie meena meera megan meghan mehboob mehmet mehreen mehwish meinir mel melanie
melissa melvin menna mercy merle merryn merv mervyn meurig mia micah michael michaela michal michele michelle mick
mickey miguel mihaela mihai mihnea mikael mike mikołaj mildred milena millicent millie milly milo mimi mina minh
minnie mirela miriam mirza mitch mitchell mohamed mohammad mohammed mohsin moira mollie molly mona monica monika morag
morfydd morgan morven moses mudassar muhammad muhammed murdo muriel musa mustafa mustapha myfanwy myla myles myra
myrtle nabila nadeem nadia nadine nadira nafisa naila naima nam nancy naomi narinder nasra nasreen nasrin natalia
natalie natalya natasha nathalie nathan nathaniel navdeep naveed ned neelam neil nell nellie nelly nerys nesta nevaeh
ngozi nia niall niamh nicholas nick nico nicola nicolae nicole nigel nikhil nikita nikki niko nikola nina nirmala
nisha nkechi noah noel nora noreen norma norman nuala nuno nyah oakley obinna octavia odette oisin oksana ola olamide
olek oleksandr olga olive oliver olivia olivier ollie olu oluwaseun oluwatobi olwen omar omari ophelia orla orlaith
orlando oscar osman oswald otis otto owain owen oyin pablo paddy padraig paige paloma pam pamela paola parminder
parveen pascal pat patience patricia patrick patrik patryk paul paula paulette pauline pav pavel pawel payton pearl
pedro peggy penelope penny percy peredur perminder pete peter petra petronella peyton phil philip philippa phillip
philomena phoebe phyllis pia piers piotr pippa polly poppy portia precious priscilla priti priya przemyslaw queenie
quentin rabia rachael rachel radoslaw radu rafael rafe rafferty raheem rahim raj rajan rajesh rakesh ralph ramona rana
rania ranjit raphael raquel rasheed rashid ravi ravinder ray raymond razia reanne rebecca rebekah reece reem reggie
reginald rehan rehana remi renata renee reuben rex reza rhea rhian rhianna rhiannon rhoda rhodri rhona rhys ria ric
ricardo richard rick ricky rico rihanna riley rina rita rizwan roan rob robbie robert roberta roberto robin robson
robyn rocco rochelle roderick rodney roger rohan roisin roland roman romeo romy ron ronald ronan ronnie rory ros rosa
rosalie rosalind rosalyn rosanna rose roseanne rosemary rosie rosina rowena roxanne roy roz ruairi ruaridh ruby rudi
rudy rufus rui rukhsana rumana rupert rupinder ruqayya russell ruth ryan ryder rylan ryley saad saba sabah sabrina
sadia sadie saeed safa safia safiya sagal sahra saif saira sajid salim sally salma salman salvatore sam samantha
sameera samia samina samir samira samiya samson samuel sandeep sandra sanjay sanjeev santiago saoirse sapphire sara
sarah sarita sasha saskia scarlett scott seamus sean seb sebastian seema selina sem seren serena seth seymour shabana
shabir shabnam shagufta shah shahid shahida shaima shakeel shakira shamim shamima shanaz shane shanelle shania shanice
shanika shannon sharon shaun shauna shay shayla shayne shaz shazia shea sheena sheila shelley shelly sheridan sherry
shirley shivani shona shreya sian sibyl sid siddiq sidney sienna silas silvana silvia simon simona simone simran
sinead siobhan siwan siân skye skyla skylar slawomir sobia sofia sofie solomon sonia sonny sonya sophia sophie soraya
sorcha spencer stacey stacie stacy stan stanislava stanislaw stanley stefan stefania stella steph stephanie stephen
steve steven stevie stewart stu stuart sue sukhdeep suki suleiman sultana sumaira sumayya sunil sunita surinder susan
suzanne suzie svetlana sybil syed sylvester sylvia tabitha tadeusz tadhg tahir tahira talia taliesin tallulah tam
tamar tamara tamika tammy tamsin tamzin tania tanisha tanvir tanya tanzeel tara tariq tash tasha tasneem tatiana
taylah taylor tayo tecwyn ted teddy tegan tegwen temi temitope terence teresa terri terry tessa thea thelma theo
theodora theodore theresa thomas thomasina tia tiana tiegan tiffany tilda tilly tim timothy tina tobi tobias toby todd
tom tomas tomasz tommy tomos toni tony torin toyah tracey tracie tracy travis trevor trish trisha tristan tristram
trixie troy tudor tunde tuyen tyler tyra tyreece tyrell tyrelle tyrese tyrone tyson ugo ulrich umar una ursula usman
uzma val valentina valeria valerie vanessa vasil vasile vaughan vera verity verna vernon veronica vic vicky victor
victoria vijay vikki vikram vince vincent vinnie viola violet viorel viorica vitaliy viv vivian vivien vivienne
vladimir vytautas waheed wallace walter wanda waqas warren warsame wayne wenda wendy wes wesley wilf wilfred wilfrid
wilhelmina will william wilma winifred winnie winnifred winston wojciech wyn wynford xander xavier xiu yahya yannick
yaqub yara yasmin yasmina yasmine yetunde yohannes yolanda yordanos younis yousef yousuf yulia yusra yusuf yvette
yvonne zac zach zachary zack zaheer zahid zahra zaid zainab zak zaki zane zara zarina zayn zbigniew zdzislaw zdzisław
zeeshan zeinab zelda zena zeynab zeynep zoe zofia zoë zubair zuzanna zuzia
"""
GIVEN_NAMES = frozenset(_GIVEN.split())
"""First names that are common in Britain, in lower case."""
_OPEN = """
the dr royal queen king st st. great old new upper lower north south east west sir dame lord lady our all holy sacred
saint little first christ university county
"""
OPEN_INSTITUTIONS = frozenset(_OPEN.split())
"""Words that open the name of a school or hospital, though they are no names alone."""
_UNITS = "police protection abuse investigation crime violence policy intelligence safeguarding court"
NO_HOSPITAL = frozenset(_UNITS.split())
"""Words of a unit that is an agency and treats nobody."""
_LETTER_BEHIND = """
child baby adult sibling brother sister half-sibling infant twin young person family subject male female worker
professional mother father mum dad uncle aunt partner cousin friend boy girl witness school house
"""
LETTERED = frozenset(_LETTER_BEHIND.split())
"""What a review calls people with a letter behind it: Child K."""
_PLACE = "hill street lane park church grove hall wood woods field fields green town meadow bank"
PLACES = frozenset(_PLACE.split())
"""What a place ends with that begins like a name: Rose Hill."""
